// core.sqlite: databases, and batches written on a thread of their own.
#include "sqlite_lua.h"

#include "host.h"
#include "modules.h"
#include "sqlite_writer.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define BATCH "btshare.sqlite.batch"

// The way between a database's writer and the loop. It outlives the userdata until libuv has
// closed `async`, and says by then how each batch went.
struct bt_outbox {
  uv_async_t async; // first; keeps the loop alive only while batches are on their way
  lua_State *L;     // the main thread
  bt_sqlite_writer *writer;
  int callbacks; // registry reference to the table id → function
  uint64_t last_id;
  size_t pending;
};

bt_database *bt_database_check(lua_State *L, int index) {
  bt_database *database = luaL_checkudata(L, index, BT_DATABASE);
  luaL_argcheck(L, database->connection, index, "database is closed");
  return database;
}

static void wake(void *context) {
  uv_async_send(&((bt_outbox *)context)->async);
}

// Calls on_done. Arguments: outbox, result. A failure that nobody asked to hear about is an error
// of the program.
static int deliver(lua_State *L) {
  const bt_outbox *outbox = lua_touserdata(L, 1);
  const bt_sqlite_result *result = lua_touserdata(L, 2);
  lua_Integer id = (lua_Integer)result->id;
  lua_rawgeti(L, LUA_REGISTRYINDEX, outbox->callbacks); // … callbacks
  bool has_callback = lua_rawgeti(L, -1, id) == LUA_TFUNCTION;
  lua_pushnil(L);
  lua_rawseti(L, -3, id); // … callbacks on_done
  if (!has_callback)
    return result->succeeded ? 0
                             : luaL_error(L, "a batch was not written: %s", result->error.message);
  if (result->succeeded) lua_pushboolean(L, true);
  lua_call(L, result->succeeded ? 1 : bt_host_fail(L, &result->error), 0);
  return 0;
}

static void deliver_all(bt_outbox *outbox) {
  bt_sqlite_result result;
  while (bt_sqlite_writer_next(outbox->writer, &result)) {
    if (--outbox->pending == 0 && !uv_is_closing((uv_handle_t *)&outbox->async))
      uv_unref((uv_handle_t *)&outbox->async);
    lua_checkstack(outbox->L, 8);
    lua_pushcfunction(outbox->L, deliver);
    lua_pushlightuserdata(outbox->L, outbox);
    lua_pushlightuserdata(outbox->L, &result);
    bt_host_call(outbox->L, 2, 0);
  }
}

static void on_wake(uv_async_t *async) {
  deliver_all((bt_outbox *)async);
}

static void on_closed(uv_handle_t *handle) {
  bt_outbox *outbox = (bt_outbox *)handle;
  if (outbox->writer) deliver_all(outbox);
  bt_sqlite_writer_free(outbox->writer);
  luaL_unref(outbox->L, LUA_REGISTRYINDEX, outbox->callbacks);
  free(outbox);
}

// The thread starts with the first batch: a database may be open when the sandbox closes, which
// wants a process of one thread.
static bool open_outbox(lua_State *L, bt_database *database, bt_error *error) {
  lua_newtable(L);
  int callbacks = luaL_ref(L, LUA_REGISTRYINDEX);
  bt_outbox *outbox = calloc(1, sizeof *outbox);
  if (!outbox || uv_async_init(bt_host_loop(L), &outbox->async, on_wake) != 0) {
    free(outbox);
    luaL_unref(L, LUA_REGISTRYINDEX, callbacks);
    return bt_fail(error, BT_FULL, "database: no memory to write");
  }
  outbox->L = bt_host_main(L);
  outbox->callbacks = callbacks;
  uv_unref((uv_handle_t *)&outbox->async);
  const char *path = sqlite3_db_filename(bt_sqlite_handle(database->connection), "main");
  outbox->writer = bt_sqlite_writer_open(path, wake, outbox, error);
  if (!outbox->writer) {
    uv_close((uv_handle_t *)&outbox->async, on_closed);
    return false;
  }
  database->outbox = outbox;
  return true;
}

static int batch_free(lua_State *L) {
  bt_sqlite_batch **box = luaL_checkudata(L, 1, BATCH);
  bt_sqlite_batch_free(*box);
  *box = NULL;
  return 0;
}

// Pushes an empty batch that the collector owns as long as it is in its box.
static bt_sqlite_batch **push_batch(lua_State *L) {
  bt_sqlite_batch **box = lua_newuserdatauv(L, sizeof(void *), 0);
  *box = NULL;
  if (luaL_newmetatable(L, BATCH)) {
    lua_pushcfunction(L, batch_free);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  *box = bt_sqlite_batch_new();
  if (!*box) luaL_error(L, "not enough memory");
  return box;
}

static bool add_value(bt_sqlite_batch *batch, const bt_value *value) {
  switch (value->kind) {
  case BT_VALUE_INTEGER:
    return bt_sqlite_batch_integer(batch, value->integer);
  case BT_VALUE_REAL:
    return bt_sqlite_batch_real(batch, value->real);
  case BT_VALUE_TEXT:
    return bt_sqlite_batch_text(batch, value->bytes, value->length);
  case BT_VALUE_BLOB:
    return bt_sqlite_batch_blob(batch, value->bytes, value->length);
  default:
    return bt_sqlite_batch_null(batch);
  }
}

// Adds the statement on top of the stack, {sql, parameter, …, n = number}; raises where it is none.
static void add_statement(lua_State *L, bt_sqlite_batch *batch, lua_Integer number) {
  if (!lua_istable(L, -1)) luaL_error(L, "statement %I is no table", number);
  int statement = lua_gettop(L);
  size_t length;
  bool is_sql = lua_rawgeti(L, statement, 1) == LUA_TSTRING;
  const char *sql = is_sql ? lua_tolstring(L, -1, &length) : NULL;
  if (!sql || strlen(sql) != length) luaL_error(L, "statement %I has no SQL", number);
  lua_pushliteral(L, "n");
  bool has_count = lua_rawget(L, statement) == LUA_TNUMBER;
  lua_Integer parameters =
      has_count ? lua_tointeger(L, -1) : (lua_Integer)lua_rawlen(L, statement) - 1;
  bool fits = bt_sqlite_batch_statement(batch, sql);
  lua_pop(L, 2);
  for (lua_Integer i = 1; i <= parameters && fits; i++) {
    bt_value value;
    lua_rawgeti(L, statement, i + 1);
    if (!bt_value_read(L, -1, &value))
      luaL_error(L, "parameter %I of statement %I is a %s", i, number, luaL_typename(L, -1));
    fits = add_value(batch, &value);
    lua_pop(L, 1);
  }
  if (!fits) luaL_error(L, "not enough memory");
}

static int database_write(lua_State *L) {
  bt_database *database = bt_database_check(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (!lua_isnoneornil(L, 3)) luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 3);
  bt_sqlite_batch **box = push_batch(L); // database statements on_done batch
  lua_Integer count = (lua_Integer)lua_rawlen(L, 2);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 2, i);
    add_statement(L, *box, i);
    lua_pop(L, 1);
  }
  bt_error error;
  if (!database->outbox && !open_outbox(L, database, &error))
    return luaL_error(L, "%s", error.message);
  bt_outbox *outbox = database->outbox;
  lua_Integer id = (lua_Integer)++outbox->last_id;
  lua_rawgeti(L, LUA_REGISTRYINDEX, outbox->callbacks);
  lua_pushvalue(L, 3);
  lua_rawseti(L, -2, id);

  if (!bt_sqlite_writer_add(outbox->writer, *box, (uint64_t)id)) {
    lua_pushnil(L);
    lua_rawseti(L, -2, id);
    return luaL_error(L, "not enough memory");
  }
  *box = NULL;
  if (outbox->pending++ == 0) uv_ref((uv_handle_t *)&outbox->async);
  return 0;
}

static int database_exec(lua_State *L) {
  bt_database *database = bt_database_check(L, 1);
  const char *sql = luaL_checkstring(L, 2);
  bt_error error;
  if (!bt_sqlite_exec(database->connection, sql, &error)) return bt_host_fail(L, &error);
  lua_pushboolean(L, true);
  return 1;
}

static int database_close(lua_State *L) {
  bt_database *database = luaL_checkudata(L, 1, BT_DATABASE);
  bt_sqlite *connection = database->connection;
  bt_outbox *outbox = database->outbox;
  *database = (bt_database){0};
  if (outbox) {
    bt_sqlite_writer_stop(outbox->writer);
    uv_close((uv_handle_t *)&outbox->async, on_closed);
  }
  bt_sqlite_close(connection); // last, so that it leaves no -wal behind
  return 0;
}

static int sqlite_open(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  bt_database *database = lua_newuserdatauv(L, sizeof *database, 0);
  *database = (bt_database){0};
  luaL_setmetatable(L, BT_DATABASE);
  bt_host_own(L, -1);
  bt_error error;
  database->connection = bt_sqlite_open(path, &error);
  return database->connection ? 1 : bt_host_fail(L, &error);
}

int luaopen_core_sqlite(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"exec", database_exec},
      {"query", bt_database_query},
      {"rows", bt_database_rows},
      {"write", database_write},
      {"check", bt_database_inspect},
      {"close", database_close},
      {NULL, NULL},
  };
  static const luaL_Reg functions[] = {
      {"open", sqlite_open},
      {"blob", bt_blob_new},
      {"copy", bt_database_copy},
      {NULL, NULL},
  };
  bt_host_type(L, BT_DATABASE, methods, database_close);
  luaL_newlib(L, functions);
  lua_pushstring(L, sqlite3_libversion());
  lua_setfield(L, -2, "version");
  return 1;
}
