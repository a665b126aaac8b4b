// Tests the writer's thread: order, grouping, and what it says when the disk fails.
#include "sqlite_writer.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (condition) break;                                                                          \
    fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                        \
    exit(1);                                                                                       \
  } while (0)

typedef struct {
  char folder[64], path[80];
} place;

static place make_place(void) {
  place made = {.folder = "/tmp/btshare-writer-XXXXXX"};
  EXPECT(mkdtemp(made.folder));
  snprintf(made.path, sizeof made.path, "%s/db", made.folder);
  return made;
}

static void remove_place(const place *gone) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  for (int i = 0; i < 3; i++) {
    char name[96];
    snprintf(name, sizeof name, "%s%s", gone->path, suffixes[i]);
    unlink(name);
  }
  EXPECT(rmdir(gone->folder) == 0);
}

static void on_wake(void *context) {
  atomic_fetch_add((atomic_int *)context, 1);
}

static bt_sqlite *open_with_table(const char *path) {
  bt_error error;
  bt_sqlite *reader = bt_sqlite_open(path, &error);
  EXPECT(reader);
  EXPECT(bt_sqlite_exec(reader, "CREATE TABLE t (id INTEGER PRIMARY KEY, value)", &error));
  return reader;
}

static long long count_rows(bt_sqlite *reader) {
  bt_error error;
  sqlite3_stmt *statement = bt_sqlite_take(reader, "SELECT count(*) FROM t", &error);
  EXPECT(statement && sqlite3_step(statement) == SQLITE_ROW);
  long long count = sqlite3_column_int64(statement, 0);
  bt_sqlite_give(reader, statement);
  return count;
}

static void add_insert(bt_sqlite_writer *writer, uint64_t id, size_t length) {
  char *bytes = calloc(1, length + 1);
  bt_sqlite_batch *batch = bt_sqlite_batch_new();
  EXPECT(bytes && batch);
  EXPECT(bt_sqlite_batch_statement(batch, "INSERT INTO t VALUES (?, ?)"));
  EXPECT(bt_sqlite_batch_integer(batch, (int64_t)id));
  EXPECT(bt_sqlite_batch_blob(batch, bytes, length));
  free(bytes);
  EXPECT(bt_sqlite_writer_add(writer, batch, id));
}

static bt_sqlite_result wait_for_result(bt_sqlite_writer *writer) {
  bt_sqlite_result result;
  for (int i = 0; i < 10000; i++) {
    if (bt_sqlite_writer_next(writer, &result)) return result;
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
  EXPECT(!"no result in 10 s");
  return result;
}

// Adds while the thread writes, so that groups of all sizes come about.
static void test_order(void) {
  place here = make_place();
  bt_sqlite *reader = open_with_table(here.path);
  atomic_int wakes = 0;
  bt_error error;
  bt_sqlite_writer *writer = bt_sqlite_writer_open(here.path, on_wake, &wakes, &error);
  EXPECT(writer);
  enum { total = 3000 };
  uint64_t taken = 0;
  bt_sqlite_result result;
  for (uint64_t id = 1; id <= total; id++) {
    add_insert(writer, id % 10 == 0 ? 1 : id, 10); // each tenth collides with the first
    if (id % 100 == 0)
      while (bt_sqlite_writer_next(writer, &result)) {
        taken++;
        EXPECT(result.succeeded == (taken % 10 != 0));
      }
  }
  bt_sqlite_writer_stop(writer);
  bt_sqlite_writer_stop(writer);
  while (bt_sqlite_writer_next(writer, &result)) {
    taken++;
    EXPECT(result.succeeded == (taken % 10 != 0));
    EXPECT(result.succeeded || result.error.code == BT_EXISTS);
  }
  EXPECT(taken == total);
  EXPECT(wakes >= 3 && wakes < total);
  EXPECT(count_rows(reader) == total - total / 10);
  bt_sqlite_writer_free(writer);
  bt_sqlite_close(reader);
  remove_place(&here);
}

// A limit on the size of files stands in for a disk that fails to write.
static void test_broken_disk(void) {
  place here = make_place();
  bt_sqlite *reader = open_with_table(here.path);
  atomic_int wakes = 0;
  bt_error error;
  bt_sqlite_writer *writer = bt_sqlite_writer_open(here.path, on_wake, &wakes, &error);
  EXPECT(writer);
  add_insert(writer, 1, 10);
  EXPECT(wait_for_result(writer).succeeded);

  struct rlimit before, small;
  EXPECT(getrlimit(RLIMIT_FSIZE, &before) == 0);
  small = before;
  small.rlim_cur = 200000;
  signal(SIGXFSZ, SIG_IGN);
  EXPECT(setrlimit(RLIMIT_FSIZE, &small) == 0);
  add_insert(writer, 2, 1000000);
  add_insert(writer, 3, 10);
  bt_sqlite_result result = wait_for_result(writer);
  EXPECT(!result.succeeded && result.error.code == BT_FAILED);
  wait_for_result(writer);
  EXPECT(setrlimit(RLIMIT_FSIZE, &before) == 0);

  add_insert(writer, 4, 10); // the disk is well again, but who knows
  result = wait_for_result(writer);
  EXPECT(!result.succeeded && result.error.code == BT_FAILED);
  EXPECT(count_rows(reader) == 1);
  bt_sqlite_writer_free(writer);
  bt_sqlite_close(reader);
  remove_place(&here);
}

static void test_missing_folder(void) {
  bt_error error;
  atomic_int wakes = 0;
  bt_sqlite_writer *writer =
      bt_sqlite_writer_open("/nonexistent/folder/db", on_wake, &wakes, &error);
  EXPECT(writer);
  add_insert(writer, 7, 10);
  bt_sqlite_result result = wait_for_result(writer);
  EXPECT(result.id == 7 && !result.succeeded && result.error.code == BT_MISSING);
  add_insert(writer, 8, 10); // never looked at
  bt_sqlite_writer_free(writer);
}

int main(void) {
  test_order();
  test_broken_disk();
  test_missing_folder();
  return 0;
}
