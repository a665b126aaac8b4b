// What a listener is opened with, from Lua.
#include "http_lua.h"

#include <lauxlib.h>
#include <string.h>

void bt_http_copy_hosts(lua_State *L, int index, bt_http *listener) {
  const char *names[256];
  size_t count = 0, total = (size_t)lua_rawlen(L, index);
  luaL_checkstack(L, (int)total, "hosts");
  for (; count < total; count++) {
    lua_rawgeti(L, index, (lua_Integer)count + 1);
    names[count] = lua_tostring(L, -1);
  }
  bt_http_set_hosts(listener, names, count);
  lua_pop(L, (int)total);
}

void bt_http_check_hosts(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  size_t total = (size_t)lua_rawlen(L, index);
  luaL_argcheck(L, total <= 256, index, "more than 256 hosts");
  for (size_t i = 1; i <= total; i++) {
    luaL_argcheck(L, lua_rawgeti(L, index, (lua_Integer)i) == LUA_TSTRING, index,
                  "hosts must be strings");
    lua_pop(L, 1);
  }
}

static lua_Integer read_integer(lua_State *L, const char *key, lua_Integer otherwise,
                                lua_Integer least, lua_Integer most) {
  lua_getfield(L, 1, key);
  int is_integer = 1;
  lua_Integer value = lua_isnil(L, -1) ? otherwise : lua_tointegerx(L, -1, &is_integer);
  if (!is_integer || value < least || value > most)
    luaL_error(L, "%s: an integer from %I to %I expected", key, least, most);
  lua_pop(L, 1);
  return value;
}

// Leaves the string on the stack, which keeps it alive.
static const char *read_string(lua_State *L, const char *key) {
  int type = lua_getfield(L, 1, key);
  if (type != LUA_TNIL && type != LUA_TSTRING) luaL_error(L, "%s: a string expected", key);
  return lua_tostring(L, -1);
}

void bt_http_check_options(lua_State *L, bt_http_options *options) {
  luaL_checktype(L, 1, LUA_TTABLE);
  *options = (bt_http_options){
      .address = read_string(L, "address"),
      .path = read_string(L, "path"),
      .port = (uint16_t)read_integer(L, "port", 0, 0, 65535),
      .threads = (unsigned)read_integer(L, "threads", 2, 1, 64),
      .connections = (unsigned)read_integer(L, "connections", 64, 1, 65536),
      .connections_per_address = (unsigned)read_integer(L, "connections_per_address", 16, 0, 65536),
      .header_seconds = (unsigned)read_integer(L, "header_seconds", 10, 1, 3600),
      .idle_seconds = (unsigned)read_integer(L, "idle_seconds", 15, 1, 3600),
      .slow_seconds = (unsigned)read_integer(L, "slow_seconds", 60, 0, 3600),
      .body_limit = (uint64_t)read_integer(L, "body_limit", 65536, 0, (lua_Integer)1 << 30),
  };
  luaL_argcheck(L, !options->address != !options->path, 1, "one of address and path expected");
  luaL_argcheck(L, options->threads <= options->connections, 1, "more threads than connections");
  const char *literals = read_string(L, "literals");
  options->any_literal = literals && strcmp(literals, "any") == 0;
  luaL_argcheck(L, !literals || options->any_literal || strcmp(literals, "own") == 0, 1,
                "literals: own or any expected");
  if (lua_getfield(L, 1, "hosts") != LUA_TNIL) bt_http_check_hosts(L, lua_gettop(L));
}
