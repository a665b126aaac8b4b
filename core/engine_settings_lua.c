// The part of core.engine that sets: limits and libtorrent's settings, and what settings there are.
#include "engine_lua.h"
#include "host.h"

#include <lauxlib.h>

static int check_limit(lua_State *L, const char *name) {
  lua_getfield(L, 3, name);
  lua_Integer limit = luaL_optinteger(L, -1, -1);
  luaL_argcheck(L, limit >= -1 && limit <= INT32_MAX, 3, "limits are bytes a second");
  lua_pop(L, 1);
  return (int)limit;
}

static int engine_set_limits(lua_State *L) {
  bt_engine *self = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  int up = check_limit(L, "up"), down = check_limit(L, "down");
  bt_error error;
  return bt_engine_push_done(L, bt_engine_set_limits(self, info_hash, up, down, &error), &error);
}

static int engine_apply(lua_State *L) {
  bt_engine *self = bt_engine_check(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t count;
  const bt_setting *settings = bt_engine_check_settings(L, 2, &count);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_apply(self, settings, count, &error), &error);
}

static int engine_settings(lua_State *L) {
  bt_engine *self = bt_engine_check(L);
  bt_error error;
  size_t count = 0;
  const bt_setting *settings = bt_engine_settings(self, &count, &error);
  if (!settings) return bt_host_fail(L, &error);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    bt_engine_push_setting(L, &settings[i]);
    lua_setfield(L, -2, settings[i].name);
  }
  return 1;
}

static int engine_check_setting(lua_State *L) {
  bt_setting setting = bt_engine_check_setting_at(L, 1);
  bt_error error;
  if (!bt_engine_check_setting(&setting, &error)) return bt_host_fail(L, &error);
  lua_pushboolean(L, true);
  return 1;
}

static int engine_setting_names(lua_State *L) {
  lua_newtable(L);
  const char *name;
  for (size_t i = 0, count = 0; (name = bt_engine_setting_name(i)); i++)
    if (*name) {
      lua_pushstring(L, name);
      lua_rawseti(L, -2, (lua_Integer)++count);
    }
  return 1;
}

void bt_engine_add_setters(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"set_limits", engine_set_limits},
      {"apply", engine_apply},
      {"settings", engine_settings},
      {NULL, NULL},
  };
  luaL_setfuncs(L, methods, 0);
}

void bt_engine_add_setting_names(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"check_setting", engine_check_setting},
      {"setting_names", engine_setting_names},
      {NULL, NULL},
  };
  luaL_setfuncs(L, functions, 0);
}
