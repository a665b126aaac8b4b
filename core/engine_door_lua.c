// The part of core.engine that turns peers away.
#include "engine_lua.h"
#include "host.h"

#include <lauxlib.h>

enum { id_length = 20 };

// What the table on top says; its strings stay where they are.
static bt_visitor check_visitor(lua_State *L) {
  bt_visitor visitor = {.address = ""};
  luaL_checktype(L, -1, LUA_TTABLE);
  int index = lua_gettop(L);
  size_t length;
  if (lua_getfield(L, index, "id") != LUA_TNIL) {
    visitor.id = luaL_checklstring(L, -1, &length);
    if (length != id_length) luaL_error(L, "id: a peer's id has %d bytes", (int)id_length);
  }
  visitor.address = bt_engine_opt_field(L, index, "address", "");
  lua_getfield(L, index, "port");
  lua_Integer port = luaL_optinteger(L, -1, 0);
  if (port < 0 || port > UINT16_MAX) luaL_error(L, "port: from 0 to %d", UINT16_MAX);
  visitor.port = (uint16_t)port;
  lua_settop(L, index);
  return visitor;
}

// The list of addresses at `index`, which keeps them; NULL where there is none.
static const char **check_addresses(lua_State *L, int index, size_t *count) {
  *count = 0;
  if (lua_isnoneornil(L, index)) return NULL;
  luaL_checktype(L, index, LUA_TTABLE);
  *count = lua_rawlen(L, index);
  const char **addresses = lua_newuserdatauv(L, (*count + 1) * sizeof *addresses, 0);
  for (size_t i = 0; i < *count; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
      luaL_error(L, "addresses: must be a list of texts");
    addresses[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  return addresses;
}

int bt_engine_lua_refuse(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_settop(L, 4);
  size_t count = lua_rawlen(L, 3), only_count;
  const char **only = check_addresses(L, 4, &only_count);
  bt_visitor *visitors = lua_newuserdatauv(L, (count + 1) * sizeof *visitors, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    visitors[i] = check_visitor(L);
    lua_pop(L, 1);
  }
  bt_error error;
  bool is_done = bt_engine_refuse(engine, info_hash, visitors, count, only, only_count, &error);
  return bt_engine_push_done(L, is_done, &error);
}
