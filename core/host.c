// The house Lua lives in.
#include "host.h"

#include "memory.h"
#include "modules.h"

#include <lauxlib.h>
#include <lualib.h>
#include <luv/luv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What C must find again from any lua_State; lives in the registry under its own address.
typedef struct {
  uv_loop_t *loop;
  bt_memory memory;
} host_state;

static const char state_key = 0;   // → host_state, light
static const char handler_key = 0; // → function that gets the traceback of an escaped error
static const char owned_key = 0;   // → weak-keyed set of userdata with handles of their own

// A quarter of it is for the program alone, however much plugins take.
static const size_t memory_limit = (size_t)1 << 30;

static host_state *state_of(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
  host_state *host = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return host;
}

uv_loop_t *bt_host_loop(lua_State *L) {
  return state_of(L)->loop;
}

bt_memory *bt_host_memory(lua_State *L) {
  return &state_of(L)->memory;
}

lua_State *bt_host_main(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main = lua_tothread(L, -1);
  lua_pop(L, 1);
  return main;
}

static int add_traceback(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (!message) message = luaL_tolstring(L, 1, NULL);
  luaL_traceback(L, L, message, 1);
  return 1;
}

// Takes the error on top of the stack and shows it to the program's handler, or to stderr.
static void report(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &handler_key); // error handler
  lua_pushvalue(L, -2);                            // error handler error
  if (lua_isfunction(L, -2) && lua_pcall(L, 1, 0, 0) == LUA_OK) {
    lua_pop(L, 1);
    return;
  }
  // Without a handler: error nil error; after one that failed: error its-error.
  bool has_failed = !lua_isnil(L, -2);
  const char *text = lua_tostring(L, has_failed ? -2 : -1);
  fprintf(stderr, "btshare: %s\n", text ? text : "unknown error");
  lua_pop(L, has_failed ? 2 : 3);
}

bool bt_host_call(lua_State *L, int arguments, int results) {
  int base = lua_gettop(L) - arguments;
  lua_pushcfunction(L, add_traceback);
  lua_insert(L, base);
  int status = lua_pcall(L, arguments, results, base);
  lua_remove(L, base);
  if (status == LUA_OK) return true;
  report(L);
  return false;
}

// luv's callback: as bt_host_call, in the form that luv asks for.
static int luv_call(lua_State *L, int arguments, int results, int flags) {
  (void)flags;
  int base = lua_gettop(L) - arguments - 1;
  if (!bt_host_call(L, arguments, results)) return -LUA_ERRRUN;
  return lua_gettop(L) - base;
}

int bt_host_fail(lua_State *L, const bt_error *error) {
  lua_pushnil(L);
  lua_pushstring(L, error->message);
  lua_pushstring(L, bt_code_name(error->code));
  return 3;
}

void bt_host_own(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &owned_key);
  lua_pushvalue(L, index);
  lua_pushboolean(L, true);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void bt_host_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction collect) {
  luaL_newmetatable(L, name);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  if (collect) {
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
  }
  lua_pop(L, 1);
}

void bt_host_set_handler(lua_State *L); // for host_lua.c
void bt_host_set_handler(lua_State *L) {
  lua_rawsetp(L, LUA_REGISTRYINDEX, &handler_key);
}

static void preload(lua_State *L) {
  static const luaL_Reg modules[] = {
      {"core.host", luaopen_core_host},         {"core.manifest", luaopen_core_manifest},
      {"core.tree", luaopen_core_tree},         {"core.hasher", luaopen_core_hasher},
      {"core.engine", luaopen_core_engine},     {"core.http", luaopen_core_http},
      {"core.sandbox", luaopen_core_sandbox},   {"core.deposit", luaopen_core_deposit},
      {"core.sqlite", luaopen_core_sqlite},     {"core.json", luaopen_core_json},
      {"core.crypto", luaopen_core_crypto},     {"core.qr", luaopen_core_qr},
      {"core.mapper", luaopen_core_mapper},     {"core.torrent", luaopen_core_torrent},
      {"core.fetch", luaopen_core_fetch},       {"core.beneath", luaopen_core_beneath},
      {"core.watchdog", luaopen_core_watchdog}, {"core.markdown", luaopen_core_markdown},
      {"core.copy", luaopen_core_copy},         {NULL, NULL},
  };
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  luaL_setfuncs(L, modules, 0);
  lua_pop(L, 1);
}

// Everything that may raise while the state is set up. Arguments: options.
static int set_up(lua_State *L) {
  const bt_host_options *options = lua_touserdata(L, 1);
  luaL_openlibs(L);
  lua_newtable(L); // owned
  lua_newtable(L); // owned metatable
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &owned_key);

  lua_getglobal(L, "package");
  lua_pushfstring(L, "%s/lua/?.lua;%s/lua/?/init.lua;/usr/share/lua/5.4/?.lua", options->data,
                  options->data);
  lua_setfield(L, -2, "path");
  lua_pushliteral(L, "");
  lua_setfield(L, -2, "cpath");

  preload(L);
  luaL_requiref(L, "luv", luaopen_luv, 0);
  lua_pop(L, 1);
  luaL_requiref(L, "core.host", luaopen_core_host, 0); // module
  lua_pushstring(L, options->data);
  lua_setfield(L, -2, "data");
  lua_createtable(L, options->argc, 0);
  for (int i = 0; i < options->argc; i++) {
    lua_pushstring(L, options->argv[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "arguments");
  return 0;
}

lua_State *bt_host_open(uv_loop_t *loop, const bt_host_options *options, bt_error *error) {
  host_state *host = calloc(1, sizeof *host);
  if (host) host->memory = (bt_memory){.limit = memory_limit, .reserve = memory_limit / 4};
  lua_State *L = host ? lua_newstate(bt_memory_allocate, &host->memory) : NULL;
  if (!L) {
    free(host);
    bt_fail(error, BT_FULL, "lua: no memory");
    return NULL;
  }
  host->loop = loop;
  lua_pushlightuserdata(L, host);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &state_key);
  luv_set_loop(L, loop);
  luv_set_callback(L, luv_call);
  lua_pushcfunction(L, set_up);
  lua_pushlightuserdata(L, (void *)(uintptr_t)options);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    bt_fail(error, BT_FAILED, "lua: %s", lua_tostring(L, -1));
    lua_close(L);
    free(host);
    return NULL;
  }
  return L;
}

static int close_owned(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &owned_key);
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    lua_getfield(L, -1, "close");
    lua_pushvalue(L, -2);
    bt_host_call(L, 1, 0);
  }
  return 0;
}

typedef struct {
  int count;
  bool print;
} leftover;

static void count_handle(uv_handle_t *handle, void *context) {
  leftover *left = context;
  if (uv_is_closing(handle)) return;
  left->count++;
  if (left->print)
    fprintf(stderr, "btshare: a %s was left open\n", uv_handle_type_name(handle->type));
}

int bt_host_close(lua_State *L, bool report_handles) {
  host_state *host = state_of(L);
  uv_loop_t *loop = host->loop;
  leftover left = {0, report_handles};
  uv_run(loop, UV_RUN_NOWAIT); // what is closing already may finish
  uv_walk(loop, count_handle, &left);
  lua_settop(L, 0);
  lua_pushcfunction(L, close_owned);
  bt_host_call(L, 0, 0);
  uv_run(loop, UV_RUN_NOWAIT);
  if (luaL_dostring(L,
                    "local uv = require 'luv'\n"
                    "uv.walk(function(h) if not h:is_closing() then h:close() end end)") != LUA_OK)
    report(L);
  uv_run(loop, UV_RUN_DEFAULT);
  lua_close(L);
  uv_run(loop, UV_RUN_DEFAULT);
  free(host);
  return left.count;
}
