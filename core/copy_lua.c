// core.copy: tables of values, copied whole. Each handler of an event gets one, so it has to be
// quick.
#include "modules.h"

#include <lauxlib.h>

enum { deepest = 32 };

static int count_entries(lua_State *L, int index) {
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    count++;
  }
  return count;
}

// Pushes a copy of the table on top of the stack: made in the size that it will have, since growing
// costs the most.
static void copy_table(lua_State *L, int depth) {
  if (depth > deepest) luaL_error(L, "copy: tables are more than %d deep", deepest);
  luaL_checkstack(L, 8, "copy");
  int from = lua_gettop(L), list = (int)lua_rawlen(L, from), all = count_entries(L, from);
  lua_createtable(L, list < all ? list : all, list < all ? all - list : 0); // copy
  lua_pushnil(L);
  while (lua_next(L, from)) { // copy key value
    lua_pushvalue(L, -2);
    if (lua_istable(L, -2)) {
      lua_pushvalue(L, -2); // copy key value key value
      copy_table(L, depth + 1);
      lua_replace(L, -2); // copy key value key value-copy
    } else {
      lua_pushvalue(L, -2);
    }
    lua_rawset(L, -5);
    lua_pop(L, 1); // copy key
  }
  if (lua_getmetatable(L, from)) lua_setmetatable(L, -2);
}

static int copy(lua_State *L) {
  lua_settop(L, 1);
  if (lua_istable(L, 1)) copy_table(L, 1);
  return 1;
}

int luaopen_core_copy(lua_State *L) {
  lua_pushcfunction(L, copy);
  return 1;
}
