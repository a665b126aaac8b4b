// The house Lua lives in: one state on one libuv loop, the search path, the C modules, and the one
// protected call through which C calls Lua.
//
// Threads: everything here belongs to the loop's thread.
#ifndef BT_HOST_H
#define BT_HOST_H

#include "error.h"
#include "memory.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <uv.h>

typedef struct {
  const char *data; // folder that holds lua/, plugins/ and web/; copied
  int argc;         // the words after the program's name; borrowed until close
  char **argv;
} bt_host_options;

// Opens a Lua state on `loop`: standard libraries, luv as "luv" and "uv", the core modules as
// "core.x", package.path set to `data`/lua and Debian's folder for pure Lua modules, no cpath.
// Memory is capped at 1 GiB. The state is the caller's, to close with bt_host_close.
lua_State *bt_host_open(uv_loop_t *loop, const bt_host_options *options, bt_error *error);

// Calls the function below `arguments` values on top of the stack, as lua_call does. An error is
// given to the handler of core.host.on_error, with its traceback, and never escapes: then
// nothing is pushed and false is returned. `results` may be LUA_MULTRET.
bool bt_host_call(lua_State *L, int arguments, int results);

// The state's main thread, on which callbacks run, whatever coroutine `L` is.
lua_State *bt_host_main(lua_State *L);

uv_loop_t *bt_host_loop(lua_State *L);

// What the state's memory is counted in. Borrowed until the state is closed.
bt_memory *bt_host_memory(lua_State *L);

// Pushes nil, message, code for `error` and returns 3: `return bt_host_fail(L, &error)`.
int bt_host_fail(lua_State *L, const bt_error *error);

// Remembers (weakly) the userdata at `index`, which has a `close` method and owns handles of its
// own on the loop, so that bt_host_close can close what the program forgot.
void bt_host_own(lua_State *L, int index);

// Makes the metatable `name` of a type of userdata: its methods and, where not NULL, `collect`,
// which the collector calls.
void bt_host_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction collect);

// The exit code that the program asked for.
int bt_host_exit_code(lua_State *L);

// Closes handles that are left, runs the loop dry, closes the state. Returns how many handles
// Lua had left open, which is a defect of the program; their types are printed where `report`.
int bt_host_close(lua_State *L, bool report);

#endif
