// Threads that hash jobs.
#include "hasher.h"

#include "hasher_jobs.h"
#include "hasher_read.h"
#include "threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const int64_t progress_period = 250 * 1000000; // nanoseconds

// How long closing waits for threads. They should be gone before the process ends, as libcrypto
// cleans up then; but one that hangs on a dead disk may hang there for ever.
static const int64_t patience = 1000000000; // nanoseconds

// Belongs to the owner and each of its threads together; the last one out frees it.
struct bt_hasher {
  pthread_mutex_t lock;
  pthread_cond_t has_work;
  pthread_cond_t has_left; // a thread, for good
  bt_hasher_options options;
  int references;
  bool is_closed;
  uint64_t last_id;
  bt_job *jobs;
  bt_job_queue small, large; // jobs with work that no thread has taken
  bool was_small;            // the last work taken
  bt_job_queue events;
};

typedef struct {
  bt_hasher *hasher;
  bt_job *job;
} work;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bt_job_queue *queue_of(bt_hasher *hasher, const bt_job *job) {
  return job->is_small ? &hasher->small : &hasher->large;
}

static void forget(bt_hasher *hasher, bt_job *job) {
  if (job->previous)
    job->previous->next = job->next;
  else
    hasher->jobs = job->next;
  if (job->next) job->next->previous = job->previous;
  bt_job_free(job);
}

static void release(bt_hasher *hasher) { // with the lock held, which it gives up
  bool is_last = --hasher->references == 0;
  if (!is_last) pthread_cond_signal(&hasher->has_left);
  pthread_mutex_unlock(&hasher->lock);
  if (!is_last) return;
  while (hasher->jobs)
    forget(hasher, hasher->jobs);
  pthread_cond_destroy(&hasher->has_work);
  pthread_cond_destroy(&hasher->has_left);
  pthread_mutex_destroy(&hasher->lock);
  free(hasher);
}

static void tell(bt_hasher *hasher, bt_job *job) {
  if (hasher->is_closed || job->is_cancelled) return;
  bt_events_append(&hasher->events, job);
  hasher->options.wake(hasher->options.context);
}

static bool advance(void *context, uint64_t bytes) {
  const work *at = context;
  bt_job *job = at->job;
  atomic_fetch_add(&job->read, bytes);
  int64_t time = now();
  int_fast64_t told_at = atomic_load(&job->told_at);
  if (time - told_at >= progress_period &&
      atomic_compare_exchange_strong(&job->told_at, &told_at, time)) {
    pthread_mutex_lock(&at->hasher->lock);
    tell(at->hasher, job);
    pthread_mutex_unlock(&at->hasher->lock);
  }
  return !atomic_load(&job->stopped);
}

// Takes turns between small and large jobs, so that neither waits for all of the other.
static bt_job *choose(bt_hasher *hasher) {
  bt_job *small = hasher->small.first, *large = hasher->large.first;
  bt_job *job = small && (!large || !hasher->was_small) ? small : large;
  if (job) hasher->was_small = job->is_small;
  return job;
}

static void fail(bt_hasher *hasher, bt_job *job, const bt_error *error) {
  if (!job->is_failed) job->error = *error;
  job->is_failed = true;
  atomic_store(&job->stopped, true);
  bt_ready_remove(queue_of(hasher, job), job);
}

// The last thread that leaves a job ends it. With the lock held, given up on the way.
static void leave(bt_hasher *hasher, bt_job *job, bt_chunk_reader *reader) {
  bool is_stopped = atomic_load(&job->stopped);
  bool is_complete = job->is_planned && job->next_chunk == job->plan.chunk_count;
  if (job->workers > 1 || !(is_stopped || is_complete)) {
    job->workers--;
    return;
  }
  if (!is_stopped) {
    pthread_mutex_unlock(&hasher->lock);
    bt_chunk_join(reader, &job->plan);
    pthread_mutex_lock(&hasher->lock);
  }
  job->workers--;
  job->ended = now();
  if (job->is_cancelled) {
    forget(hasher, job);
    return;
  }
  job->is_finished = true;
  tell(hasher, job);
}

static void plan(bt_hasher *hasher, bt_job *job, bt_chunk_reader *reader) {
  bt_error error;
  work at = {hasher, job};
  bt_chunk_source source = {job->values.root, job->values.base, advance, &at};
  bt_ready_remove(queue_of(hasher, job), job);
  job->workers++;
  pthread_mutex_unlock(&hasher->lock);
  bool succeeded = bt_plan_make(&job->plan, &job->values, &error) &&
                   bt_chunk_check_empty(&job->plan, &source, &error);
  pthread_mutex_lock(&hasher->lock);
  job->is_planned = true;
  job->started = now();
  atomic_store(&job->told_at, job->started);
  if (!succeeded)
    fail(hasher, job, &error);
  else if (job->plan.chunk_count > 0 && !atomic_load(&job->stopped)) {
    bt_ready_prepend(queue_of(hasher, job), job);
    if (job->plan.chunk_count > 1) pthread_cond_broadcast(&hasher->has_work);
  }
  leave(hasher, job, reader);
}

static void read_chunk(bt_hasher *hasher, bt_job *job, bt_chunk_reader *reader) {
  bt_error error;
  work at = {hasher, job};
  bt_chunk_source source = {job->values.root, job->values.base, advance, &at};
  bt_plan_chunk *chunk = &job->plan.chunks[job->next_chunk++];
  if (job->next_chunk == job->plan.chunk_count) bt_ready_remove(queue_of(hasher, job), job);
  job->workers++;
  pthread_mutex_unlock(&hasher->lock);
  bool succeeded = bt_chunk_read(reader, &job->plan, chunk, &source, &error);
  pthread_mutex_lock(&hasher->lock);
  if (!succeeded) fail(hasher, job, &error);
  leave(hasher, job, reader);
}

static void *run(void *context) {
  bt_hasher *hasher = context;
  bt_chunk_reader *reader = bt_chunk_reader_open(hasher->options.read_size);
  pthread_mutex_lock(&hasher->lock);
  while (!hasher->is_closed) {
    bt_job *job = choose(hasher);
    bt_error error;
    if (!job)
      pthread_cond_wait(&hasher->has_work, &hasher->lock);
    else if (!reader) {
      bt_fail(&error, BT_FULL, "hasher: no memory");
      fail(hasher, job, &error);
      job->workers++;
      leave(hasher, job, reader);
    } else if (!job->is_planned)
      plan(hasher, job, reader);
    else
      read_chunk(hasher, job, reader);
  }
  pthread_mutex_unlock(&hasher->lock);
  bt_chunk_reader_close(reader);
  pthread_mutex_lock(&hasher->lock);
  release(hasher);
  return NULL;
}

static int default_threads(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
}

static int start_threads(bt_hasher *hasher) {
  pthread_mutex_lock(&hasher->lock); // none looks around before it is counted
  int started = bt_threads_start(hasher->options.threads, run, hasher);
  hasher->references += started;
  pthread_mutex_unlock(&hasher->lock);
  return started;
}

bt_hasher *bt_hasher_open(const bt_hasher_options *options, bt_error *error) {
  bt_hasher *hasher = calloc(1, sizeof *hasher);
  if (!hasher) {
    bt_fail(error, BT_FULL, "hasher: no memory");
    return NULL;
  }
  hasher->options = *options;
  if (hasher->options.threads <= 0) hasher->options.threads = default_threads();
  if (hasher->options.read_size == 0) hasher->options.read_size = 256 << 10;
  hasher->references = 1;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&hasher->lock, NULL);
  pthread_cond_init(&hasher->has_work, NULL);
  pthread_cond_init(&hasher->has_left, &attributes);
  pthread_condattr_destroy(&attributes);
  if (start_threads(hasher) > 0) return hasher;
  bt_hasher_close(hasher);
  bt_fail(error, BT_FULL, "hasher: no thread can be started");
  return NULL;
}

uint64_t bt_hasher_add(bt_hasher *hasher, const bt_hash_job *values, bt_error *error) {
  bt_job *job = bt_job_make(values, error);
  if (!job) return 0;
  pthread_mutex_lock(&hasher->lock);
  uint64_t id = job->id = ++hasher->last_id;
  job->next = hasher->jobs;
  if (job->next) job->next->previous = job;
  hasher->jobs = job;
  bt_ready_append(queue_of(hasher, job), job);
  pthread_cond_signal(&hasher->has_work);
  pthread_mutex_unlock(&hasher->lock);
  return id;
}

void *bt_hasher_cancel(bt_hasher *hasher, uint64_t id) {
  void *context = NULL;
  pthread_mutex_lock(&hasher->lock);
  bt_job *job = hasher->jobs;
  while (job && job->id != id)
    job = job->next;
  if (job && !job->is_cancelled) {
    context = job->context;
    job->is_cancelled = true;
    atomic_store(&job->stopped, true);
    bt_ready_remove(queue_of(hasher, job), job);
    bt_events_remove(&hasher->events, job);
    if (job->workers == 0) forget(hasher, job);
  }
  pthread_mutex_unlock(&hasher->lock);
  return context;
}

static void finish(bt_job *job, bt_hash_event *event) {
  event->type = job->is_failed ? BT_HASH_FAILED : BT_HASH_DONE;
  event->error = job->error;
  if (job->is_failed) return;
  event->result = job->plan.result;
  event->result.seconds = (double)(job->ended - job->started) / 1e9;
  job->plan.result = (bt_hash_result){0};
}

bool bt_hasher_next(bt_hasher *hasher, bt_hash_event *event) {
  pthread_mutex_lock(&hasher->lock);
  bt_job *job = bt_events_take(&hasher->events);
  if (job) {
    *event = (bt_hash_event){.type = BT_HASH_PROGRESS, .context = job->context};
    event->bytes = job->plan.size;
    event->bytes_done = job->plan.result.bytes_reused + atomic_load(&job->read);
    if (job->is_finished) {
      finish(job, event);
      forget(hasher, job);
    }
  }
  pthread_mutex_unlock(&hasher->lock);
  return job != NULL;
}

void bt_hasher_close(bt_hasher *hasher) {
  pthread_mutex_lock(&hasher->lock);
  hasher->is_closed = true;
  for (bt_job *job = hasher->jobs; job; job = job->next)
    atomic_store(&job->stopped, true);
  pthread_cond_broadcast(&hasher->has_work);
  int64_t until = now() + patience;
  const struct timespec deadline = {until / 1000000000, until % 1000000000};
  while (hasher->references > 1)
    if (pthread_cond_timedwait(&hasher->has_left, &hasher->lock, &deadline) != 0) break;
  release(hasher);
}
