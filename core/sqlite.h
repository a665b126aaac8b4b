// A connection to an SQLite database: opened as BTshare wants it, with a few prepared statements
// kept, and failures in the house's words.
//
// Threads: a connection belongs to one thread at a time. It may be handed on, not shared.
#ifndef BT_SQLITE_H
#define BT_SQLITE_H

#include "error.h"

#include <sqlite3.h>
#include <stdbool.h>

typedef struct bt_sqlite bt_sqlite;

// Opens the database at `path`, and makes it with mode 0600 where it is missing; SQLite gives its
// -wal and -shm files the same mode. WAL, synchronous=FULL, foreign keys, temporary tables in
// memory (there may be no folder to put them in), 5 s of patience with another writer. Fails with
// BT_INVALID where the file is not a database or is damaged. The caller's, to free with
// bt_sqlite_close.
bt_sqlite *bt_sqlite_open(const char *path, bt_error *error);

// Finalizes every statement of the connection, taken ones too, and closes it. NULL is allowed.
void bt_sqlite_close(bt_sqlite *connection);

// Borrowed until close.
sqlite3 *bt_sqlite_handle(bt_sqlite *connection);

// Runs all statements in `sql`.
bool bt_sqlite_exec(bt_sqlite *connection, const char *sql, bt_error *error);

// Prepares the one statement in `sql`, or takes it from those that were given back. More than one
// statement, or none, is BT_INVALID. The caller's until bt_sqlite_give.
sqlite3_stmt *bt_sqlite_take(bt_sqlite *connection, const char *sql, bt_error *error);

// Gives a statement back, reset and with its parameters forgotten. NULL is allowed.
void bt_sqlite_give(bt_sqlite *connection, sqlite3_stmt *statement);

// Fills `error` with the connection's last failure; returns false. BT_FULL is a full disk (which
// may pass), BT_EXISTS a value that must be unique, BT_BUSY another writer, BT_INVALID the
// caller's SQL or values, BT_FAILED the disk's own faults.
int bt_sqlite_fail(bt_sqlite *connection, bt_error *error);

// Whether a failure told that the disk or the file cannot be trusted any more: after a failed read,
// write or sync nobody knows what reached the disk, so a writer must stop rather than try again.
bool bt_sqlite_is_broken(const bt_sqlite *connection);

#endif
