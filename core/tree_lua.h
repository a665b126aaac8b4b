// What core.tree takes from Lua and gives to it, for tree_lua.c and tree_values_lua.c.
//
// Threads: the loop's. All of these may raise.
#ifndef BT_TREE_LUA_H
#define BT_TREE_LUA_H

#include "tree.h"

#include <lua.h>

void bt_tree_push_entry(lua_State *L, const bt_entry *entry);
void bt_tree_push_info(lua_State *L, const bt_tree_info *info);

// Appends a change to the list on top of the stack of `context`, a lua_State.
void bt_tree_push_change(void *context, const bt_change *change);

// The whole number from 1 to `most` in the field `name` of a table, or `otherwise` without one.
lua_Integer bt_tree_check_integer(lua_State *L, int table, const char *name, lua_Integer otherwise,
                                  lua_Integer most);

// Reads core.tree.ScanOptions; leaves on the stack what keeps the strings.
void bt_tree_check_scan(lua_State *L, int table, bt_scan *scan);

#endif
