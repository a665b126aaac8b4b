// core.sqlite's values, and statements that return rows.
#include "host.h"
#include "sqlite_lua.h"

#include <lauxlib.h>
#include <string.h>
#include <utf8proc.h>

#define CURSOR "btshare.sqlite.cursor"
#define BLOB "btshare.sqlite.blob"

// A statement on its way through its rows. The collector owns it, so that an error of Lua's own
// (memory) leaves no statement, and with it no read transaction, behind.
typedef struct {
  bt_database *owner;      // kept alive by the user value
  sqlite3_stmt *statement; // NULL when done; finalized already where the owner is closed
} cursor;

int bt_blob_new(lua_State *L) {
  luaL_checkstring(L, 1);
  lua_newuserdatauv(L, 0, 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  luaL_newmetatable(L, BLOB);
  lua_setmetatable(L, -2);
  return 1;
}

static bool is_text(const char *bytes, size_t length) {
  size_t at = 0;
  while (at < length) {
    if (bytes[at] == 0) return false;
    if (!(bytes[at] & 0x80)) {
      at++;
      continue;
    }
    utf8proc_int32_t ignored;
    const utf8proc_uint8_t *rest = (const utf8proc_uint8_t *)bytes + at;
    utf8proc_ssize_t taken = utf8proc_iterate(rest, (utf8proc_ssize_t)(length - at), &ignored);
    if (taken <= 0) return false;
    at += (size_t)taken;
  }
  return true;
}

bool bt_value_read(lua_State *L, int index, bt_value *value) {
  *value = (bt_value){.kind = BT_VALUE_NULL};
  switch (lua_type(L, index)) {
  case LUA_TNIL:
    return true;
  case LUA_TBOOLEAN:
    value->kind = BT_VALUE_INTEGER;
    value->integer = lua_toboolean(L, index);
    return true;
  case LUA_TNUMBER:
    value->kind = lua_isinteger(L, index) ? BT_VALUE_INTEGER : BT_VALUE_REAL;
    value->integer = lua_tointeger(L, index);
    value->real = lua_tonumber(L, index);
    return true;
  case LUA_TSTRING:
    value->bytes = lua_tolstring(L, index, &value->length);
    value->kind = is_text(value->bytes, value->length) ? BT_VALUE_TEXT : BT_VALUE_BLOB;
    return true;
  case LUA_TUSERDATA:
    if (!luaL_testudata(L, index, BLOB)) return false;
    lua_getiuservalue(L, index, 1);
    value->bytes = lua_tolstring(L, -1, &value->length); // the userdata keeps it alive
    lua_pop(L, 1);
    value->kind = BT_VALUE_BLOB;
    return true;
  default:
    return false;
  }
}

static int cursor_close(lua_State *L) {
  cursor *rows = luaL_checkudata(L, 1, CURSOR);
  if (rows->statement && rows->owner->connection)
    bt_sqlite_give(rows->owner->connection, rows->statement);
  rows->statement = NULL;
  return 0;
}

static cursor *push_cursor(lua_State *L, bt_database *database, int database_index) {
  cursor *rows = lua_newuserdatauv(L, sizeof *rows, 1);
  *rows = (cursor){database, NULL};
  lua_pushvalue(L, database_index);
  lua_setiuservalue(L, -2, 1);
  if (luaL_newmetatable(L, CURSOR)) {
    lua_pushcfunction(L, cursor_close);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  return rows;
}

static int bind_value(sqlite3_stmt *statement, int number, const bt_value *value) {
  const char *bytes = value->bytes;
  switch (value->kind) {
  case BT_VALUE_INTEGER:
    return sqlite3_bind_int64(statement, number, value->integer);
  case BT_VALUE_REAL:
    return sqlite3_bind_double(statement, number, value->real);
  case BT_VALUE_TEXT:
    return sqlite3_bind_text64(statement, number, bytes, value->length, SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  case BT_VALUE_BLOB:
    return sqlite3_bind_blob64(statement, number, bytes, value->length, SQLITE_TRANSIENT);
  default:
    return sqlite3_bind_null(statement, number);
  }
}

// Opens a cursor for the arguments database, sql, parameter … and pushes it. NULL with `error`.
static cursor *open_cursor(lua_State *L, bt_error *error) {
  bt_database *database = bt_database_check(L, 1);
  size_t length;
  const char *sql = luaL_checklstring(L, 2, &length);
  luaL_argcheck(L, strlen(sql) == length, 2, "statement with a NUL");
  int last = lua_gettop(L);
  bt_value value;
  for (int i = 3; i <= last; i++)
    luaL_argexpected(L, bt_value_read(L, i, &value), i, "nil, boolean, number, string or blob");
  cursor *rows = push_cursor(L, database, 1);

  rows->statement = bt_sqlite_take(database->connection, sql, error);
  if (!rows->statement) return NULL;
  int wanted = sqlite3_bind_parameter_count(rows->statement);
  if (wanted != last - 2) {
    bt_fail(error, BT_INVALID, "database: %d parameters where %d are wanted", last - 2, wanted);
    return NULL;
  }
  for (int i = 3; i <= last; i++) {
    bt_value_read(L, i, &value);
    if (bind_value(rows->statement, i - 2, &value) == SQLITE_OK) continue;
    bt_sqlite_fail(database->connection, error);
    return NULL;
  }
  return rows;
}

static void close_cursor(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_pushcfunction(L, cursor_close);
  lua_pushvalue(L, index);
  lua_call(L, 1, 0);
}

static void push_column(lua_State *L, sqlite3_stmt *statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
  case SQLITE_INTEGER:
    lua_pushinteger(L, sqlite3_column_int64(statement, column));
    break;
  case SQLITE_FLOAT:
    lua_pushnumber(L, sqlite3_column_double(statement, column));
    break;
  case SQLITE_NULL:
    lua_pushnil(L);
    break;
  default: {
    const char *bytes = sqlite3_column_blob(statement, column);
    size_t length = (size_t)sqlite3_column_bytes(statement, column);
    lua_pushlstring(L, bytes ? bytes : "", bytes ? length : 0);
  }
  }
}

// Pushes the names of the columns; returns how many.
static int push_names(lua_State *L, sqlite3_stmt *statement) {
  int columns = sqlite3_column_count(statement);
  luaL_checkstack(L, columns + 4, "too many columns");
  for (int i = 0; i < columns; i++)
    lua_pushstring(L, sqlite3_column_name(statement, i));
  return columns;
}

// Takes the names from `first_name` on and pushes the row as a table.
static void push_row(lua_State *L, sqlite3_stmt *statement, int first_name, int columns) {
  lua_createtable(L, 0, columns);
  for (int i = 0; i < columns; i++) {
    lua_pushvalue(L, first_name + i);
    push_column(L, statement, i);
    lua_rawset(L, -3);
  }
}

// Pushes a list of the rows; false where a step failed. The names are read after the first step,
// because that is where SQLite prepares anew what was prepared for tables that have changed since.
static bool push_rows(lua_State *L, cursor *rows, bt_error *error) {
  lua_newtable(L); // list
  int list = lua_gettop(L), columns = 0;
  lua_Integer count = 0;
  int result;
  while ((result = sqlite3_step(rows->statement)) == SQLITE_ROW) {
    if (count == 0) columns = push_names(L, rows->statement); // list name …
    push_row(L, rows->statement, list + 1, columns);
    lua_rawseti(L, list, ++count);
  }
  lua_settop(L, list);
  return result == SQLITE_DONE || bt_sqlite_fail(rows->owner->connection, error);
}

int bt_database_query(lua_State *L) {
  bt_error error;
  cursor *rows = open_cursor(L, &error); // … cursor
  int index = lua_gettop(L);
  bool succeeded = rows && push_rows(L, rows, &error); // … cursor list
  close_cursor(L, index);
  return succeeded ? 1 : bt_host_fail(L, &error);
}

static int next_row(lua_State *L) {
  cursor *rows = lua_touserdata(L, lua_upvalueindex(1));
  if (!rows->statement) return 0;
  if (!rows->owner->connection) return luaL_error(L, "database is closed");
  int result = sqlite3_step(rows->statement);
  if (result == SQLITE_ROW) {
    int columns = sqlite3_column_count(rows->statement);
    luaL_checkstack(L, columns, "too many columns");
    for (int i = 0; i < columns; i++)
      push_column(L, rows->statement, i);
    return columns;
  }
  bt_error error;
  if (result != SQLITE_DONE) bt_sqlite_fail(rows->owner->connection, &error);
  close_cursor(L, lua_upvalueindex(1));
  return result == SQLITE_DONE ? 0 : luaL_error(L, "%s", error.message);
}

int bt_database_rows(lua_State *L) {
  bt_error error;
  if (!open_cursor(L, &error)) {
    close_cursor(L, -1);
    return luaL_error(L, "%s", error.message);
  }
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, next_row, 1); // cursor iterator
  lua_insert(L, -2);
  lua_pushnil(L);
  lua_insert(L, -2);
  lua_pushnil(L);
  lua_insert(L, -2); // iterator nil nil cursor: `for` closes the cursor when it is left
  return 4;
}

int bt_database_inspect(lua_State *L) {
  lua_settop(L, 1);
  lua_pushliteral(L, "SELECT group_concat(quick_check, x'0a') FROM pragma_quick_check");
  bt_error error;
  cursor *rows = open_cursor(L, &error);
  if (rows && sqlite3_step(rows->statement) == SQLITE_ROW) {
    push_column(L, rows->statement, 0);
  } else {
    if (rows) bt_sqlite_fail(rows->owner->connection, &error);
    lua_pushstring(L, error.message);
  }
  close_cursor(L, 3);
  return 1;
}
