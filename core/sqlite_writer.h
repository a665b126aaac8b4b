// A thread that writes batches to an SQLite database, each wholly or not at all.
//
// Batches that wait together are committed together, because a commit costs a sync of the disk
// whatever is in it. One that fails takes no other with it. A result exists only when its batch is
// synced (WAL, synchronous=FULL) or when nothing of it was written. After a fault of the disk
// (bt_sqlite_is_broken) all later batches are refused: what a failed sync left behind is not
// known, and a second sync would lie. A full disk is no such fault; later batches are tried.
//
// Threads: every function belongs to the thread that opened the writer; `wake` is called on the
// writer's own thread.
#ifndef BT_SQLITE_WRITER_H
#define BT_SQLITE_WRITER_H

#include "sqlite_batch.h"

typedef struct bt_sqlite_writer bt_sqlite_writer;

typedef struct {
  uint64_t id;
  bool succeeded;
  bt_error error; // where it has not
} bt_sqlite_result;

// Starts the thread, which opens a connection of its own for the first batch; where that fails, so
// does the batch. `wake(context)` says that results wait; it must only wake the owner. The
// caller's, to free with bt_sqlite_writer_free.
bt_sqlite_writer *bt_sqlite_writer_open(const char *path, void (*wake)(void *), void *context,
                                        bt_error *error);

// Queues `batch`, which becomes the writer's. False where there is no memory; then it stays the
// caller's. Not after bt_sqlite_writer_stop.
bool bt_sqlite_writer_add(bt_sqlite_writer *writer, bt_sqlite_batch *batch, uint64_t id);

// Takes the next result, in the order of the batches. False where none waits.
bool bt_sqlite_writer_next(bt_sqlite_writer *writer, bt_sqlite_result *result);

// Waits until all batches are written, ends the thread, closes its connection. Results stay to be
// taken. Idempotent.
void bt_sqlite_writer_stop(bt_sqlite_writer *writer);

// Stops and frees. NULL is allowed.
void bt_sqlite_writer_free(bt_sqlite_writer *writer);

#endif
