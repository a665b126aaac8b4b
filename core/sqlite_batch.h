// A batch: SQL statements with copies of their parameters, to be run elsewhere and later.
//
// Threads: one at a time; built on one thread, it may be run and freed on another.
#ifndef BT_SQLITE_BATCH_H
#define BT_SQLITE_BATCH_H

#include "sqlite.h"

#include <stddef.h>
#include <stdint.h>

typedef struct bt_sqlite_batch bt_sqlite_batch;

// NULL where there is no memory. The caller's, to free with bt_sqlite_batch_free.
bt_sqlite_batch *bt_sqlite_batch_new(void);
void bt_sqlite_batch_free(bt_sqlite_batch *batch);

// Each adds something and returns false where there is no memory; then the batch is only good for
// bt_sqlite_batch_free. A statement is followed by its parameters, in order. `sql` and `bytes` are
// copied.
bool bt_sqlite_batch_statement(bt_sqlite_batch *batch, const char *sql);
bool bt_sqlite_batch_null(bt_sqlite_batch *batch);
bool bt_sqlite_batch_integer(bt_sqlite_batch *batch, int64_t value);
bool bt_sqlite_batch_real(bt_sqlite_batch *batch, double value);
bool bt_sqlite_batch_text(bt_sqlite_batch *batch, const char *bytes, size_t length);
bool bt_sqlite_batch_blob(bt_sqlite_batch *batch, const char *bytes, size_t length);

// Runs the statements in order, up to the first that fails. Opens no transaction.
bool bt_sqlite_batch_run(const bt_sqlite_batch *batch, bt_sqlite *connection, bt_error *error);

#endif
