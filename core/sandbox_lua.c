// core.sandbox: the write-lock as Lua sees it.
#include "sandbox.h"

#include "host.h"
#include "modules.h"

#include <lauxlib.h>
#include <string.h>

static int sandbox_abi(lua_State *L) {
  lua_pushinteger(L, bt_sandbox_abi());
  return 1;
}

static const char *check_path(lua_State *L, lua_Integer index) {
  size_t length;
  bool is_string = lua_rawgeti(L, 1, index) == LUA_TSTRING;
  const char *path = is_string ? lua_tolstring(L, -1, &length) : NULL;
  if (!path || strlen(path) != length) luaL_error(L, "writable path %I is no path", index);
  lua_pop(L, 1); // the list keeps it alive
  return path;
}

static int sandbox_restrict(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t count = lua_rawlen(L, 1);
  const char **writable = lua_newuserdatauv(L, (count + 1) * sizeof *writable, 0);
  for (size_t i = 0; i < count; i++)
    writable[i] = check_path(L, (lua_Integer)i + 1);
  bt_error error;
  int abi = bt_sandbox_restrict(writable, count, &error);
  if (abi < 0) return bt_host_fail(L, &error);
  lua_pushinteger(L, abi);
  return 1;
}

static int sandbox_try_write(lua_State *L) {
  const char *folder = luaL_checkstring(L, 1);
  bt_error error;
  bool is_refused = bt_sandbox_try_write(folder, &error);
  lua_pushboolean(L, is_refused);
  if (is_refused) return 1;
  lua_pushstring(L, error.message);
  return 2;
}

int luaopen_core_sandbox(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"abi", sandbox_abi},
      {"restrict", sandbox_restrict},
      {"try_write", sandbox_try_write},
      {NULL, NULL},
  };
  luaL_newlib(L, functions);
  return 1;
}
