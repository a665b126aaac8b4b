// core.hasher: hash jobs, as Lua gives them.
#include "hasher.h"
#include "host.h"
#include "modules.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_name = "core.hasher.Hasher";

// What Lua waits for with one job.
typedef struct request {
  int on_done, on_progress; // references in the registry, or LUA_NOREF
  struct request *previous, *next;
} request;

// Outlives the userdata until libuv has let go of the handle.
typedef struct {
  uv_async_t async;
  lua_State *L;      // the main thread
  bt_hasher *hasher; // NULL: closed
  request *requests;
} hasher_state;

static hasher_state *check_hasher(lua_State *L) {
  hasher_state **box = luaL_checkudata(L, 1, type_name);
  if (!*box || !(*box)->hasher) luaL_error(L, "hasher: closed");
  return *box;
}

static void drop_request(hasher_state *state, request *waiting) {
  luaL_unref(state->L, LUA_REGISTRYINDEX, waiting->on_done);
  luaL_unref(state->L, LUA_REGISTRYINDEX, waiting->on_progress);
  if (waiting->previous)
    waiting->previous->next = waiting->next;
  else
    state->requests = waiting->next;
  if (waiting->next) waiting->next->previous = waiting->previous;
  free(waiting);
}

static void set_bytes(lua_State *L, const char *name, const unsigned char *data, size_t length) {
  lua_pushlstring(L, (const char *)data, length);
  lua_setfield(L, -2, name);
}

// Runs protected, for it may run out of memory. Arguments: on_done, light bt_hash_event.
static int give_result(lua_State *L) {
  const bt_hash_event *event = lua_touserdata(L, 2);
  const bt_hash_result *result = &event->result;
  lua_pushvalue(L, 1);
  lua_createtable(L, 0, 7); // on_done result
  set_bytes(L, "pieces", result->pieces, result->pieces_length);
  set_bytes(L, "roots", result->roots, result->roots_length);
  set_bytes(L, "layers", result->layers, result->layers_length);
  set_bytes(L, "crcs", result->crcs, result->crcs_length);
  lua_pushnumber(L, result->seconds);
  lua_setfield(L, -2, "seconds");
  lua_pushinteger(L, (lua_Integer)result->bytes_read);
  lua_setfield(L, -2, "bytes_read");
  lua_pushinteger(L, (lua_Integer)result->bytes_reused);
  lua_setfield(L, -2, "bytes_reused");
  lua_call(L, 1, 0);
  return 0;
}

static int give_failure(lua_State *L) {
  const bt_hash_event *event = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  lua_call(L, bt_host_fail(L, &event->error), 0);
  return 0;
}

static void deliver(hasher_state *state, bt_hash_event *event) {
  lua_State *L = state->L;
  request *waiting = event->context;
  if (event->type == BT_HASH_PROGRESS) {
    if (waiting->on_progress == LUA_NOREF) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, waiting->on_progress);
    lua_pushinteger(L, (lua_Integer)event->bytes_done);
    lua_pushinteger(L, (lua_Integer)event->bytes);
    bt_host_call(L, 2, 0);
    return;
  }
  lua_pushcfunction(L, event->type == BT_HASH_DONE ? give_result : give_failure);
  lua_rawgeti(L, LUA_REGISTRYINDEX, waiting->on_done);
  lua_pushlightuserdata(L, event);
  drop_request(state, waiting);
  bt_host_call(L, 2, 0);
  bt_hash_result_clear(&event->result);
}

// A turn of the loop delivers no more than a hundred, then lets others have theirs.
static void on_async(uv_async_t *async) {
  hasher_state *state = async->data;
  bt_hash_event event;
  int left = 100;
  while (state->hasher && left-- > 0 && bt_hasher_next(state->hasher, &event))
    deliver(state, &event);
  if (state->hasher && left < 0) uv_async_send(async);
}

static void wake(void *context) {
  hasher_state *state = context;
  uv_async_send(&state->async);
}

static void on_closed(uv_handle_t *handle) {
  free(handle->data);
}

static int hasher_close(lua_State *L) {
  hasher_state **box = luaL_checkudata(L, 1, type_name);
  hasher_state *state = *box;
  *box = NULL;
  if (!state) return 0;
  bt_hasher_close(state->hasher);
  state->hasher = NULL;
  while (state->requests)
    drop_request(state, state->requests);
  uv_close((uv_handle_t *)&state->async, on_closed);
  return 0;
}

static lua_Integer option_integer(lua_State *L, const char *name, lua_Integer most) {
  lua_Integer value = 0;
  if (lua_isnoneornil(L, 1)) return 0;
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_getfield(L, 1, name) != LUA_TNIL) {
    int is_integer;
    value = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || value < 1 || value > most)
      luaL_error(L, "%s: must be a whole number from 1 to %d", name, (int)most);
  }
  lua_pop(L, 1);
  return value;
}

static int hasher_open(lua_State *L) {
  bt_hasher_options options = {.wake = wake};
  options.threads = (int)option_integer(L, "threads", 256);
  options.read_size = (size_t)option_integer(L, "read_size", 64 << 20);
  hasher_state **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, type_name);

  bt_error error;
  hasher_state *state = calloc(1, sizeof *state);
  if (!state || uv_async_init(bt_host_loop(L), &state->async, on_async) != 0) {
    free(state);
    bt_fail(&error, BT_FULL, "hasher: no memory");
    return bt_host_fail(L, &error);
  }
  state->async.data = state;
  state->L = bt_host_main(L);
  options.context = state;
  state->hasher = bt_hasher_open(&options, &error);
  if (!state->hasher) {
    uv_close((uv_handle_t *)&state->async, on_closed);
    return bt_host_fail(L, &error);
  }
  *box = state;
  bt_host_own(L, -1);
  return 1;
}

// Leaves the string on the stack, which keeps it.
static bt_span check_span(lua_State *L, int table, const char *name) {
  bt_span span;
  if (lua_getfield(L, table, name) != LUA_TSTRING) luaL_error(L, "%s: must be a string", name);
  span.data = lua_tolstring(L, -1, &span.length);
  return span;
}

static const char *check_text(lua_State *L, int table, const char *name) {
  bt_span span = check_span(L, table, name);
  if (strlen(span.data) != span.length) luaL_error(L, "%s: has a zero byte", name);
  return span.data;
}

static void check_shape(lua_State *L, int table, bt_hash_format *format, uint64_t *piece_length) {
  static const char *const formats[] = {"v1", "hybrid", "v2", NULL};
  lua_getfield(L, table, "format");
  *format = (bt_hash_format)luaL_checkoption(L, -1, NULL, formats);
  lua_getfield(L, table, "piece_length");
  *piece_length = (uint64_t)luaL_checkinteger(L, -1);
  lua_pop(L, 2);
}

static void check_previous(lua_State *L, int job, bt_hash_previous *previous) {
  if (lua_getfield(L, job, "previous") != LUA_TNIL) {
    luaL_checktype(L, -1, LUA_TTABLE);
    int table = lua_gettop(L);
    previous->manifest = check_span(L, table, "manifest");
    check_shape(L, table, &previous->format, &previous->piece_length);
    previous->pieces = check_span(L, table, "pieces");
    previous->roots = check_span(L, table, "roots");
    previous->layers = check_span(L, table, "layers");
    previous->crcs = check_span(L, table, "crcs");
  }
}

static int reference(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return LUA_NOREF;
  lua_pushvalue(L, index);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

static int hasher_hash(lua_State *L) {
  hasher_state *state = check_hasher(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  if (!lua_isnoneornil(L, 4)) luaL_checktype(L, 4, LUA_TFUNCTION);
  lua_settop(L, 4);
  luaL_checkstack(L, 20, NULL);
  bt_hash_job job = {.root = check_text(L, 2, "root"), .base = check_text(L, 2, "base")};
  job.manifest = check_span(L, 2, "manifest");
  check_shape(L, 2, &job.format, &job.piece_length);
  check_previous(L, 2, &job.previous);
  int on_done = reference(L, 3), on_progress = reference(L, 4);

  bt_error error;
  uint64_t id = 0;
  request *waiting = calloc(1, sizeof *waiting);
  if (waiting) {
    *waiting = (request){on_done, on_progress, NULL, state->requests};
    if (waiting->next) waiting->next->previous = waiting;
    state->requests = waiting;
    job.context = waiting;
    id = bt_hasher_add(state->hasher, &job, &error);
    if (id == 0) drop_request(state, waiting);
  } else
    bt_fail(&error, BT_FULL, "hasher: no memory");

  if (id == 0) return bt_host_fail(L, &error);
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

static int hasher_cancel(lua_State *L) {
  hasher_state *state = check_hasher(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  request *waiting = bt_hasher_cancel(state->hasher, (uint64_t)id);
  if (waiting) drop_request(state, waiting);
  return 0;
}

int luaopen_core_hasher(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"hash", hasher_hash},
      {"cancel", hasher_cancel},
      {"close", hasher_close},
      {NULL, NULL},
  };
  static const luaL_Reg functions[] = {{"open", hasher_open}, {NULL, NULL}};
  bt_host_type(L, type_name, methods, hasher_close);
  luaL_newlib(L, functions);
  return 1;
}
