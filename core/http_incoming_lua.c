// Bodies of requests, for Lua: methods of a listener.
#include "http_lua.h"

#include <lauxlib.h>
#include <limits.h>

static uint64_t check_size(lua_State *L, int index) {
  lua_Integer size = luaL_checkinteger(L, index);
  luaL_argcheck(L, size >= 0, index, "negative");
  return (uint64_t)size;
}

int bt_http_listener_let_in(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  uint64_t id = (uint64_t)luaL_checkinteger(L, 2);
  bt_http_way_in way = {.limit = check_size(L, 3)};
  lua_Integer file = luaL_optinteger(L, 4, -1);
  luaL_argcheck(L, file >= -1 && file <= INT_MAX, 4, "no descriptor");
  way.file = (int)file;
  if (!lua_isnoneornil(L, 5)) way.keep_free = check_size(L, 5);
  way.digest = luaL_optstring(L, 6, NULL);
  luaL_argcheck(L, !way.digest || file >= 0, 6, "only of what goes to a file");
  lua_pushboolean(L, listener && bt_http_let_in(listener, id, &way));
  return 1;
}

int bt_http_listener_let_in_pieces(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  uint64_t id = (uint64_t)luaL_checkinteger(L, 2);
  bt_http_way_in way = {.limit = check_size(L, 3), .file = -1, .in_pieces = true};
  lua_pushboolean(L, listener && bt_http_let_in(listener, id, &way));
  return 1;
}

int bt_http_listener_next_piece(lua_State *L) {
  bt_http *listener = bt_http_check_listener(L);
  uint64_t id = (uint64_t)luaL_checkinteger(L, 2);
  lua_Integer refusal = luaL_optinteger(L, 3, 0);
  luaL_argcheck(L, refusal == 0 || (refusal >= 400 && refusal < 600), 3, "no status of a refusal");
  lua_pushboolean(L, listener && bt_http_next_piece(listener, id, (unsigned)refusal));
  return 1;
}

int bt_http_push_piece(lua_State *L) {
  const bt_http_request *request = lua_touserdata(L, 1);
  lua_pushinteger(L, (lua_Integer)request->id);
  lua_pushlstring(L, request->body, request->body_length);
  return 2;
}
