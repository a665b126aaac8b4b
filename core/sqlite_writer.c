// A thread that writes batches to an SQLite database.
#include "sqlite_writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { group_limit = 1000 }; // batches in one commit: bounds how long the first one waits

typedef struct job {
  struct job *next;
  bt_sqlite_batch *batch; // NULL once written
  bt_sqlite_result result;
} job;

typedef struct {
  job *first, *last;
} job_queue;

typedef enum { BEGIN, SAVEPOINT, ROLLBACK_TO, RELEASE, COMMIT, ROLLBACK, control_count } control;

struct bt_sqlite_writer {
  void (*wake)(void *);
  void *context;
  pthread_t thread;
  bool is_stopped; // the owner's

  char *path;            // the thread's, with the next three, while it runs
  bt_sqlite *connection; // NULL until the first batch comes
  sqlite3_stmt *controls[control_count];
  bool is_in_batch;

  pthread_mutex_t mutex; // guards the rest
  pthread_cond_t changed;
  job_queue waiting, finished;
  bool must_stop;
};

static void append(job_queue *queue, job *first, job *last) {
  if (queue->last)
    queue->last->next = first;
  else
    queue->first = first;
  queue->last = last;
}

// A batch that ended the transaction would take the other batches of its group with it.
static int authorize(void *context, int action, const char *a, const char *b, const char *c,
                     const char *d) {
  (void)a, (void)b, (void)c, (void)d;
  bt_sqlite_writer *writer = context;
  bool is_control = action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT ||
                    action == SQLITE_ATTACH || action == SQLITE_DETACH;
  return is_control && writer->is_in_batch ? SQLITE_DENY : SQLITE_OK;
}

static bool prepare_controls(bt_sqlite_writer *writer, bt_error *error) {
  static const char *const texts[control_count] = {
      [BEGIN] = "BEGIN IMMEDIATE",
      [SAVEPOINT] = "SAVEPOINT batch",
      [ROLLBACK_TO] = "ROLLBACK TO batch",
      [RELEASE] = "RELEASE batch",
      [COMMIT] = "COMMIT",
      [ROLLBACK] = "ROLLBACK",
  };
  for (int i = 0; i < control_count; i++) {
    writer->controls[i] = bt_sqlite_take(writer->connection, texts[i], error);
    if (!writer->controls[i]) return false;
  }
  return true;
}

// Opens the connection where there is none yet, or could not be.
static bool connect_writer(bt_sqlite_writer *writer, bt_error *error) {
  if (writer->connection) return true;
  writer->connection = bt_sqlite_open(writer->path, error);
  if (!writer->connection) return false;
  if (prepare_controls(writer, error)) {
    sqlite3_set_authorizer(bt_sqlite_handle(writer->connection), authorize, writer);
    return true;
  }
  bt_sqlite_close(writer->connection);
  writer->connection = NULL;
  return false;
}

static bool run_control(bt_sqlite_writer *writer, control which, bt_error *error) {
  sqlite3_stmt *statement = writer->controls[which];
  bool succeeded = sqlite3_step(statement) == SQLITE_DONE;
  if (!succeeded) bt_sqlite_fail(writer->connection, error);
  sqlite3_reset(statement);
  return succeeded;
}

static bool is_in_transaction(bt_sqlite_writer *writer) {
  return !sqlite3_get_autocommit(bt_sqlite_handle(writer->connection));
}

// Runs one batch within the open transaction. False where the whole transaction is lost, which is
// SQLite's answer to a full disk, among others.
static bool run_job(bt_sqlite_writer *writer, job *one, bt_error *error) {
  if (!run_control(writer, SAVEPOINT, error)) return false;
  writer->is_in_batch = true;
  one->result.succeeded = bt_sqlite_batch_run(one->batch, writer->connection, &one->result.error);
  writer->is_in_batch = false;
  if (one->result.succeeded) return run_control(writer, RELEASE, error);
  *error = one->result.error;
  return is_in_transaction(writer) && !bt_sqlite_is_broken(writer->connection) &&
         run_control(writer, ROLLBACK_TO, error) && run_control(writer, RELEASE, error);
}

static bool run_jobs(bt_sqlite_writer *writer, job *first, size_t count, bt_error *error) {
  if (!run_control(writer, BEGIN, error)) return false;
  for (job *one = first; count > 0; one = one->next, count--)
    if (!run_job(writer, one, error)) return false;
  return run_control(writer, COMMIT, error);
}

static void fail_jobs(job *first, size_t count, const bt_error *error) {
  for (job *one = first; count > 0; one = one->next, count--) {
    one->result.succeeded = false;
    one->result.error = *error;
  }
}

// Writes `count` jobs from `first` on in one transaction; where that cannot be, each in its own.
static void write_jobs(bt_sqlite_writer *writer, job *first, size_t count) {
  bt_error error = {BT_FAILED, "database: a fault of the disk has stopped all writing"};
  if (bt_sqlite_is_broken(writer->connection)) {
    fail_jobs(first, count, &error);
    return;
  }
  if (run_jobs(writer, first, count, &error)) return;
  if (is_in_transaction(writer)) run_control(writer, ROLLBACK, NULL);
  if (count == 1 || error.code == BT_BUSY || bt_sqlite_is_broken(writer->connection)) {
    fail_jobs(first, count, &error);
    return;
  }
  for (job *one = first; count > 0; one = one->next, count--)
    write_jobs(writer, one, 1);
}

// Cuts the next group off the queue; the mutex is held. Returns its length.
static size_t take_group(job_queue *queue, job **first, job **last) {
  if (!queue->first) return 0;
  size_t count = 1;
  *first = *last = queue->first;
  while (count < group_limit && (*last)->next) {
    *last = (*last)->next;
    count++;
  }
  queue->first = (*last)->next;
  if (!queue->first) queue->last = NULL;
  (*last)->next = NULL;
  return count;
}

static void free_batches(job *first) {
  for (job *one = first; one; one = one->next) {
    bt_sqlite_batch_free(one->batch);
    one->batch = NULL;
  }
}

static void *run_thread(void *context) {
  bt_sqlite_writer *writer = context;
  job *first, *last;
  size_t count;
  pthread_mutex_lock(&writer->mutex);
  while (writer->waiting.first || !writer->must_stop) {
    count = take_group(&writer->waiting, &first, &last);
    if (count == 0) {
      pthread_cond_wait(&writer->changed, &writer->mutex);
      continue;
    }
    pthread_mutex_unlock(&writer->mutex);
    bt_error error;
    if (connect_writer(writer, &error))
      write_jobs(writer, first, count);
    else
      fail_jobs(first, count, &error);
    free_batches(first);
    pthread_mutex_lock(&writer->mutex);
    append(&writer->finished, first, last);
    writer->wake(writer->context);
  }
  pthread_mutex_unlock(&writer->mutex);
  return NULL;
}

// Signals are the loop's business: the thread starts with all of them blocked.
static bool start_thread(bt_sqlite_writer *writer, bt_error *error) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int number = pthread_create(&writer->thread, NULL, run_thread, writer);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return number == 0 || bt_fail_errno(error, number, "database: no thread to write");
}

bt_sqlite_writer *bt_sqlite_writer_open(const char *path, void (*wake)(void *), void *context,
                                        bt_error *error) {
  bt_sqlite_writer *writer = calloc(1, sizeof *writer);
  if (!writer) {
    bt_fail(error, BT_FULL, "%s: no memory", path);
    return NULL;
  }
  writer->wake = wake;
  writer->context = context;
  pthread_mutex_init(&writer->mutex, NULL);
  pthread_cond_init(&writer->changed, NULL);
  writer->path = strdup(path);
  if (!writer->path) bt_fail(error, BT_FULL, "%s: no memory", path);
  writer->is_stopped = !writer->path || !start_thread(writer, error);
  if (!writer->is_stopped) return writer;
  bt_sqlite_writer_free(writer);
  return NULL;
}

bool bt_sqlite_writer_add(bt_sqlite_writer *writer, bt_sqlite_batch *batch, uint64_t id) {
  job *added = calloc(1, sizeof *added);
  if (!added) return false;
  added->batch = batch;
  added->result.id = id;
  pthread_mutex_lock(&writer->mutex);
  append(&writer->waiting, added, added);
  pthread_cond_signal(&writer->changed);
  pthread_mutex_unlock(&writer->mutex);
  return true;
}

bool bt_sqlite_writer_next(bt_sqlite_writer *writer, bt_sqlite_result *result) {
  pthread_mutex_lock(&writer->mutex);
  job *taken = writer->finished.first;
  if (taken) {
    writer->finished.first = taken->next;
    if (!taken->next) writer->finished.last = NULL;
  }
  pthread_mutex_unlock(&writer->mutex);
  if (!taken) return false;
  *result = taken->result;
  free(taken);
  return true;
}

void bt_sqlite_writer_stop(bt_sqlite_writer *writer) {
  if (writer->is_stopped) return;
  pthread_mutex_lock(&writer->mutex);
  writer->must_stop = true;
  pthread_cond_signal(&writer->changed);
  pthread_mutex_unlock(&writer->mutex);
  pthread_join(writer->thread, NULL);
  writer->is_stopped = true;
  bt_sqlite_close(writer->connection);
  writer->connection = NULL;
}

void bt_sqlite_writer_free(bt_sqlite_writer *writer) {
  if (!writer) return;
  bt_sqlite_writer_stop(writer);
  bt_sqlite_result ignored;
  while (bt_sqlite_writer_next(writer, &ignored))
    continue;
  free(writer->path);
  pthread_cond_destroy(&writer->changed);
  pthread_mutex_destroy(&writer->mutex);
  free(writer);
}
