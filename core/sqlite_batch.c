// A batch of SQL statements with their parameters.
#include "sqlite_batch.h"

#include <stdlib.h>
#include <string.h>

typedef enum { ITEM_STATEMENT, ITEM_NULL, ITEM_INTEGER, ITEM_REAL, ITEM_TEXT, ITEM_BLOB } item_kind;

typedef struct {
  item_kind kind;
  size_t start, length; // in `bytes`, of a statement, text or blob
  union {
    int64_t integer;
    double real;
  } value;
} item;

struct bt_sqlite_batch {
  item *items;
  size_t count, capacity;
  char *bytes;
  size_t used, room;
};

bt_sqlite_batch *bt_sqlite_batch_new(void) {
  return calloc(1, sizeof(bt_sqlite_batch));
}

void bt_sqlite_batch_free(bt_sqlite_batch *batch) {
  if (!batch) return;
  free(batch->items);
  free(batch->bytes);
  free(batch);
}

static bool add(bt_sqlite_batch *batch, item added) {
  if (batch->count == batch->capacity) {
    size_t capacity = batch->capacity ? batch->capacity * 2 : 8;
    item *items = realloc(batch->items, capacity * sizeof *items);
    if (!items) return false;
    batch->items = items;
    batch->capacity = capacity;
  }
  batch->items[batch->count++] = added;
  return true;
}

static bool add_bytes(bt_sqlite_batch *batch, item_kind kind, const char *bytes, size_t length) {
  if (length > batch->room - batch->used) {
    if (length > SIZE_MAX / 4) return false;
    size_t room = (batch->used + length) * 2;
    char *grown = realloc(batch->bytes, room);
    if (!grown) return false;
    batch->bytes = grown;
    batch->room = room;
  }
  item added = {.kind = kind, .start = batch->used, .length = length};
  if (length > 0) memcpy(batch->bytes + batch->used, bytes, length);
  batch->used += length;
  return add(batch, added);
}

bool bt_sqlite_batch_statement(bt_sqlite_batch *batch, const char *sql) {
  return add_bytes(batch, ITEM_STATEMENT, sql, strlen(sql) + 1);
}

bool bt_sqlite_batch_null(bt_sqlite_batch *batch) {
  return add(batch, (item){.kind = ITEM_NULL});
}

bool bt_sqlite_batch_integer(bt_sqlite_batch *batch, int64_t value) {
  return add(batch, (item){.kind = ITEM_INTEGER, .value.integer = value});
}

bool bt_sqlite_batch_real(bt_sqlite_batch *batch, double value) {
  return add(batch, (item){.kind = ITEM_REAL, .value.real = value});
}

bool bt_sqlite_batch_text(bt_sqlite_batch *batch, const char *bytes, size_t length) {
  return add_bytes(batch, ITEM_TEXT, bytes, length);
}

bool bt_sqlite_batch_blob(bt_sqlite_batch *batch, const char *bytes, size_t length) {
  return add_bytes(batch, ITEM_BLOB, bytes, length);
}

// The bytes stay where they are until the statement is given back.
static int bind(const bt_sqlite_batch *batch, const item *parameter, sqlite3_stmt *statement,
                int number) {
  const char *bytes = parameter->length > 0 ? batch->bytes + parameter->start : "";
  switch (parameter->kind) {
  case ITEM_INTEGER:
    return sqlite3_bind_int64(statement, number, parameter->value.integer);
  case ITEM_REAL:
    return sqlite3_bind_double(statement, number, parameter->value.real);
  case ITEM_TEXT:
    return sqlite3_bind_text64(statement, number, bytes, parameter->length, SQLITE_STATIC,
                               SQLITE_UTF8);
  case ITEM_BLOB:
    return sqlite3_bind_blob64(statement, number, bytes, parameter->length, SQLITE_STATIC);
  default:
    return sqlite3_bind_null(statement, number);
  }
}

static bool run_statement(const bt_sqlite_batch *batch, size_t first, size_t parameters,
                          bt_sqlite *connection, sqlite3_stmt *statement, bt_error *error) {
  int wanted = sqlite3_bind_parameter_count(statement);
  if ((size_t)wanted != parameters)
    return bt_fail(error, BT_INVALID, "database: %zu parameters where %d are wanted", parameters,
                   wanted);
  for (size_t i = 0; i < parameters; i++)
    if (bind(batch, &batch->items[first + i], statement, (int)i + 1) != SQLITE_OK)
      return bt_sqlite_fail(connection, error);
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) // rows are of no use to a batch
    continue;
  return result == SQLITE_DONE || bt_sqlite_fail(connection, error);
}

bool bt_sqlite_batch_run(const bt_sqlite_batch *batch, bt_sqlite *connection, bt_error *error) {
  size_t at = 0;
  while (at < batch->count) {
    const char *sql = batch->bytes + batch->items[at++].start;
    size_t parameters = 0;
    while (at + parameters < batch->count && batch->items[at + parameters].kind != ITEM_STATEMENT)
      parameters++;
    sqlite3_stmt *statement = bt_sqlite_take(connection, sql, error);
    if (!statement) return false;
    bool succeeded = run_statement(batch, at, parameters, connection, statement, error);
    bt_sqlite_give(connection, statement);
    if (!succeeded) return false;
    at += parameters;
  }
  return true;
}
