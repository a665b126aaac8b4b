// A connection to an SQLite database.
#include "sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kept_statements = 32 };

struct bt_sqlite {
  sqlite3 *handle;
  sqlite3_stmt *kept[kept_statements]; // the last given back first; NULL after the last
  bool broken;
};

static bool is_out_of_space(int number) {
  return number == ENOSPC || number == EDQUOT;
}

static bt_code code_of(int extended, int number) {
  switch (extended & 0xff) {
  case SQLITE_ERROR:
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_RANGE:
  case SQLITE_TOOBIG:
    break;
  case SQLITE_FULL:
  case SQLITE_NOMEM:
    return BT_FULL;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return BT_BUSY;
  case SQLITE_AUTH:
  case SQLITE_PERM:
  case SQLITE_READONLY:
    return BT_DENIED;
  case SQLITE_CANTOPEN:
    if (number == ENOENT) return BT_MISSING;
    if (number == EACCES || number == EPERM) return BT_DENIED;
    return is_out_of_space(number) ? BT_FULL : BT_FAILED;
  case SQLITE_IOERR:
    if (extended == SQLITE_IOERR_NOMEM) return BT_FULL;
    return is_out_of_space(number) && extended != SQLITE_IOERR_FSYNC ? BT_FULL : BT_FAILED;
  default:
    return BT_FAILED;
  }
  bool is_taken = extended == SQLITE_CONSTRAINT_UNIQUE ||
                  extended == SQLITE_CONSTRAINT_PRIMARYKEY || extended == SQLITE_CONSTRAINT_ROWID;
  return is_taken ? BT_EXISTS : BT_INVALID;
}

int bt_sqlite_fail(bt_sqlite *connection, bt_error *error) {
  int extended = sqlite3_extended_errcode(connection->handle);
  int primary = extended & 0xff;
  bt_code code = code_of(extended, sqlite3_system_errno(connection->handle));
  bool is_damage = primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  if (is_damage && code != BT_FULL) connection->broken = true;
  return bt_fail(error, code, "database: %s", sqlite3_errmsg(connection->handle));
}

bool bt_sqlite_is_broken(const bt_sqlite *connection) {
  return connection->broken;
}

// Only a file that was missing is opened here: closing a descriptor of one that is in use would
// drop the locks that SQLite holds on it (fcntl(2)).
static bool make_private(const char *path, bt_error *error) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    close(fd);
    return true;
  }
  if (errno == EEXIST) return true;
  return bt_fail_errno(error, errno, "%s", path);
}

static bool fail_open(bt_sqlite *connection, const char *path, bt_error *error) {
  bt_sqlite_fail(connection, error);
  int primary = sqlite3_errcode(connection->handle) & 0xff;
  bool is_damage = primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT;
  return bt_fail(error, is_damage ? BT_INVALID : error->code, "%s: %s", path,
                 sqlite3_errmsg(connection->handle));
}

static bool connect(bt_sqlite *connection, const char *path, bt_error *error) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  // "./" keeps SQLite from taking "file:x" for an address and ":memory:" for no file at all.
  char *name = sqlite3_mprintf("%s%s", path[0] == '/' ? "" : "./", path);
  if (!name) return bt_fail(error, BT_FULL, "%s: no memory", path);
  int result = sqlite3_open_v2(name, &connection->handle, flags, NULL);
  sqlite3_free(name);
  if (!connection->handle) return bt_fail(error, BT_FULL, "%s: no memory", path);
  if (result != SQLITE_OK) return fail_open(connection, path, error);
  sqlite3_busy_timeout(connection->handle, 5000);
  result = sqlite3_exec(connection->handle,
                        "PRAGMA temp_store = MEMORY;"
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;"
                        "PRAGMA journal_size_limit = 33554432;"
                        "PRAGMA foreign_keys = ON;"
                        "PRAGMA secure_delete = ON;" // what was secret is gone with its row
                        "SELECT count(*) FROM sqlite_schema", // reads the schema: whole or damaged
                        NULL, NULL, NULL);
  return result == SQLITE_OK || fail_open(connection, path, error);
}

bt_sqlite *bt_sqlite_open(const char *path, bt_error *error) {
  bt_error ignored;
  if (!error) error = &ignored;
  if (!make_private(path, error)) return NULL;
  bt_sqlite *connection = calloc(1, sizeof *connection);
  if (!connection) {
    bt_fail(error, BT_FULL, "%s: no memory", path);
    return NULL;
  }
  if (connect(connection, path, error)) return connection;
  bt_sqlite_close(connection);
  return NULL;
}

void bt_sqlite_close(bt_sqlite *connection) {
  if (!connection) return;
  sqlite3_stmt *statement;
  while ((statement = sqlite3_next_stmt(connection->handle, NULL)) != NULL)
    sqlite3_finalize(statement);
  sqlite3_close(connection->handle);
  free(connection);
}

sqlite3 *bt_sqlite_handle(bt_sqlite *connection) {
  return connection->handle;
}

bool bt_sqlite_exec(bt_sqlite *connection, const char *sql, bt_error *error) {
  if (sqlite3_exec(connection->handle, sql, NULL, NULL, NULL) == SQLITE_OK) return true;
  return bt_sqlite_fail(connection, error);
}

static bool is_blank(const char *text) {
  return text[strspn(text, " \t\r\n;")] == 0;
}

// SQLite keeps the text of a statement up to its semicolon; what the caller has after it is blank.
static bool is_statement_of(sqlite3_stmt *statement, const char *sql) {
  const char *text = sqlite3_sql(statement);
  size_t length = strlen(text);
  return strncmp(text, sql, length) == 0 && is_blank(sql + length);
}

static void remove_kept(bt_sqlite *connection, size_t index) {
  sqlite3_stmt **kept = connection->kept;
  memmove(kept + index, kept + index + 1, (kept_statements - index - 1) * sizeof *kept);
  kept[kept_statements - 1] = NULL;
}

sqlite3_stmt *bt_sqlite_take(bt_sqlite *connection, const char *sql, bt_error *error) {
  for (size_t i = 0; i < kept_statements && connection->kept[i]; i++) {
    sqlite3_stmt *statement = connection->kept[i];
    if (!is_statement_of(statement, sql)) continue;
    remove_kept(connection, i);
    return statement;
  }
  sqlite3_stmt *statement = NULL;
  const char *rest = NULL;
  if (sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                         &rest) != SQLITE_OK) {
    bt_sqlite_fail(connection, error);
    return NULL;
  }
  if (statement && is_blank(rest)) return statement;
  bt_fail(error, BT_INVALID, "database: %s",
          statement ? "more than one statement" : "no statement");
  sqlite3_finalize(statement);
  return NULL;
}

void bt_sqlite_give(bt_sqlite *connection, sqlite3_stmt *statement) {
  if (!statement) return;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  sqlite3_stmt **kept = connection->kept;
  sqlite3_finalize(kept[kept_statements - 1]);
  memmove(kept + 1, kept, (kept_statements - 1) * sizeof *kept);
  kept[0] = statement;
}
