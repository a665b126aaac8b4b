// core.mapper: the router's ports, for Lua.
//
// What libuv holds outlives the userdata until both its handles are closed; its thread only wakes
// the loop (uv_async_send).
#include "host.h"
#include "mapper.h"
#include "modules.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <stdlib.h>

static const char type_name[] = "core.mapper.Mapper";

enum { longest_end = 3000 }; // milliseconds for the router to close its ports

typedef struct {
  uv_async_t async;
  uv_timer_t timer;  // runs while it ends
  unsigned handles;  // not closed yet
  lua_State *L;      // the main thread
  bt_mapper *mapper; // NULL once ended
  size_t count;
  int on_change; // registry reference, or LUA_NOREF
  int on_closed; // registry reference, or LUA_NOREF
  bool is_closing;
} mapper_state;

static mapper_state *check_mapper(lua_State *L) {
  mapper_state **box = luaL_checkudata(L, 1, type_name);
  if (!*box) luaL_error(L, "mapper: closed");
  return *box;
}

static void on_handle_closed(uv_handle_t *handle) {
  mapper_state *state = handle->data;
  if (--state->handles == 0) free(state);
}

static void end(mapper_state *state) {
  lua_State *L = state->L;
  bt_mapper_free(state->mapper);
  state->mapper = NULL;
  uv_close((uv_handle_t *)&state->async, on_handle_closed);
  uv_close((uv_handle_t *)&state->timer, on_handle_closed);
  int on_closed = state->on_closed;
  if (on_closed == LUA_NOREF) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, on_closed);
  luaL_unref(L, LUA_REGISTRYINDEX, on_closed);
  bt_host_call(L, 0, 0);
}

static void on_patience_ended(uv_timer_t *timer) {
  end(timer->data);
}

// Runs protected, for it may run out of memory. Arguments: on_change, light mapper_state, light
// bt_mapper_event.
static int give_change(lua_State *L) {
  const mapper_state *state = lua_touserdata(L, 2);
  const bt_mapper_event *event = lua_touserdata(L, 3);
  lua_pushvalue(L, 1);
  lua_createtable(L, 0, 5); // on_change change
  lua_createtable(L, (int)state->count, 0);
  for (size_t i = 0; i < state->count; i++) {
    lua_pushinteger(L, event->outer[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "outer");
  lua_pushstring(L, event->way);
  lua_setfield(L, -2, "way");
  if (event->external[0]) {
    lua_pushstring(L, event->external);
    lua_setfield(L, -2, "external");
  }
  if (event->error.message[0]) {
    lua_pushstring(L, event->error.message);
    lua_setfield(L, -2, "message");
    lua_pushstring(L, bt_code_name(event->error.code));
    lua_setfield(L, -2, "code");
  }
  lua_call(L, 1, 0);
  return 0;
}

static void tell(mapper_state *state, bt_mapper_event *event) {
  lua_State *L = state->L;
  lua_pushcfunction(L, give_change);
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->on_change);
  lua_pushlightuserdata(L, state);
  lua_pushlightuserdata(L, event);
  bt_host_call(L, 3, 0);
}

static void on_async(uv_async_t *async) {
  mapper_state *state = async->data;
  bt_mapper_event event;
  if (!state->mapper || !bt_mapper_next(state->mapper, &event)) return;
  if (event.is_ended)
    end(state);
  else if (!state->is_closing)
    tell(state, &event);
}

static void wake(void *context) {
  mapper_state *state = context;
  uv_async_send(&state->async);
}

static int mapper_ask(lua_State *L) {
  bt_mapper_ask(check_mapper(L)->mapper);
  return 0;
}

static int mapper_close(lua_State *L) {
  mapper_state **box = luaL_checkudata(L, 1, type_name);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  mapper_state *state = *box;
  if (!state) return 0;
  lua_settop(L, 2);
  state->on_closed = lua_isnil(L, 2) ? LUA_NOREF : luaL_ref(L, LUA_REGISTRYINDEX);

  *box = NULL;
  state->is_closing = true;
  luaL_unref(L, LUA_REGISTRYINDEX, state->on_change);
  if (bt_mapper_stop(state->mapper))
    uv_timer_start(&state->timer, on_patience_ended, longest_end, 0);
  else
    end(state);
  return 0;
}

static lua_Integer check_field(lua_State *L, int table, const char *name, lua_Integer otherwise,
                               lua_Integer least, lua_Integer most) {
  int is_integer = 1;
  lua_getfield(L, table, name);
  lua_Integer value = lua_isnil(L, -1) ? otherwise : lua_tointegerx(L, -1, &is_integer);
  if (!is_integer || value < least || value > most)
    luaL_error(L, "%s: an integer from %I to %I expected", name, least, most);
  lua_pop(L, 1);
  return value;
}

static void check_ports(lua_State *L, bt_mapper_options *options) {
  if (lua_getfield(L, 1, "ports") != LUA_TTABLE) luaL_error(L, "ports: a list expected");
  int list = lua_gettop(L);
  options->count = lua_rawlen(L, list);
  if (options->count < 1 || options->count > BT_MAPPER_PORTS)
    luaL_error(L, "ports: from 1 to %d expected", BT_MAPPER_PORTS);
  for (size_t i = 0; i < options->count; i++) {
    if (lua_rawgeti(L, list, (lua_Integer)i + 1) != LUA_TTABLE)
      luaL_error(L, "ports: a list of tables expected");
    options->ports[i].inner = (uint16_t)check_field(L, list + 1, "inner", 0, 1, 65535);
    options->ports[i].outer = (uint16_t)check_field(L, list + 1, "outer", 0, 0, 65535);
    lua_settop(L, list);
  }
}

// Leaves the address on the stack, which keeps it.
static void check_options(lua_State *L, bt_mapper_options *options) {
  luaL_checktype(L, 1, LUA_TTABLE);
  *options = (bt_mapper_options){
      .lease_seconds = (unsigned)check_field(L, 1, "lease_seconds", 3600, 1, 604800),
      .refresh_seconds = (unsigned)check_field(L, 1, "refresh_seconds", 300, 1, 86400),
      .wake = wake,
  };
  check_ports(L, options);
  if (lua_getfield(L, 1, "address") == LUA_TNIL) return;
  struct in_addr ignored;
  options->address = lua_tostring(L, -1);
  if (!options->address || inet_pton(AF_INET, options->address, &ignored) != 1)
    luaL_error(L, "address: an IPv4 literal expected");
}

static mapper_state *new_state(lua_State *L, bt_error *error) {
  mapper_state *state = calloc(1, sizeof *state);
  if (!state) {
    bt_fail(error, BT_FULL, "mapper: no memory");
    return NULL;
  }
  state->L = bt_host_main(L);
  state->on_change = state->on_closed = LUA_NOREF;
  int status = uv_async_init(bt_host_loop(L), &state->async, on_async);
  if (status != 0) {
    free(state);
    bt_fail_errno(error, -status, "mapper");
    return NULL;
  }
  uv_timer_init(bt_host_loop(L), &state->timer); // cannot fail
  state->async.data = state->timer.data = state;
  state->handles = 2;
  return state;
}

static int mapper_open(lua_State *L) {
  bt_mapper_options options;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  check_options(L, &options); // options on_change ports [address]
  mapper_state **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, type_name);
  lua_pushvalue(L, 2);
  int on_change = luaL_ref(L, LUA_REGISTRYINDEX);
  bt_host_own(L, -1);

  bt_error error;
  mapper_state *state = new_state(L, &error);
  if (state) {
    options.context = state;
    state->count = options.count;
    state->on_change = on_change;
    state->mapper = bt_mapper_open(&options, &error);
    if (!state->mapper) {
      uv_close((uv_handle_t *)&state->async, on_handle_closed);
      uv_close((uv_handle_t *)&state->timer, on_handle_closed);
    }
  }
  if (!state || !state->mapper) {
    luaL_unref(L, LUA_REGISTRYINDEX, on_change);
    return bt_host_fail(L, &error);
  }
  *box = state;
  return 1;
}

int luaopen_core_mapper(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"ask", mapper_ask},
      {"close", mapper_close},
      {NULL, NULL},
  };
  bt_host_type(L, type_name, methods, NULL);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, mapper_open);
  lua_setfield(L, -2, "open");
  return 1;
}
