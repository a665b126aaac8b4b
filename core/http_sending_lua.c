// Replies under way, for Lua: methods of a listener.
#include "http_lua.h"

#include <lauxlib.h>

int bt_http_listener_cut(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  if (listener) bt_http_cut(listener, (uint64_t)id);
  return 0;
}

int bt_http_listener_set_rate(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  lua_Integer rate = luaL_checkinteger(L, 3);
  luaL_argcheck(L, rate >= 0, 3, "rate is negative");
  lua_pushboolean(L, listener && bt_http_set_rate(listener, (uint64_t)id, (uint64_t)rate));
  return 1;
}

int bt_http_listener_sent(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  uint64_t bytes = 0, starved = 0;
  if (!listener || !bt_http_sent(listener, (uint64_t)id, &bytes, &starved)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, (lua_Integer)bytes);
  lua_pushnumber(L, (double)starved / 1e9);
  return 2;
}

int bt_http_listener_push(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  size_t length;
  const char *bytes = luaL_checklstring(L, 3, &length);
  uint64_t queued;
  if (listener && bt_http_push(listener, (uint64_t)id, bytes, length, &queued))
    lua_pushinteger(L, (lua_Integer)queued);
  else
    lua_pushnil(L);
  return 1;
}

int bt_http_listener_finish(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  lua_pushboolean(L, listener && bt_http_finish(listener, (uint64_t)id));
  return 1;
}
