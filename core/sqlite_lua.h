// What the files of core.sqlite share: the database as Lua holds it, and its values.
//
// Threads: the loop's.
#ifndef BT_SQLITE_LUA_H
#define BT_SQLITE_LUA_H

#include "sqlite.h"

#include <lua.h>

#define BT_DATABASE "btshare.sqlite.database"

typedef struct bt_outbox bt_outbox;

// The userdata.
typedef struct {
  bt_sqlite *connection; // NULL once closed
  bt_outbox *outbox;     // NULL until something is written; frees itself after close
} bt_database;

typedef enum {
  BT_VALUE_NULL,
  BT_VALUE_INTEGER,
  BT_VALUE_REAL,
  BT_VALUE_TEXT,
  BT_VALUE_BLOB,
} bt_value_kind;

// `bytes` is borrowed from the Lua string, so it lives as long as that is reachable.
typedef struct {
  bt_value_kind kind;
  lua_Integer integer;
  lua_Number real;
  const char *bytes;
  size_t length;
} bt_value;

// The open database at `index`; raises where it is none or closed.
bt_database *bt_database_check(lua_State *L, int index);

// Reads what Lua has at `index` as SQLite shall have it. False where it cannot be bound.
bool bt_value_read(lua_State *L, int index, bt_value *value);

// Database's query, rows and check; the module's blob.
int bt_database_query(lua_State *L);
int bt_database_rows(lua_State *L);
int bt_database_inspect(lua_State *L);
int bt_blob_new(lua_State *L);

// The module's copy.
int bt_database_copy(lua_State *L);

#endif
