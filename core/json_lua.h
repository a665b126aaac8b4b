// What core.json's two directions share.
#ifndef BT_JSON_LUA_H
#define BT_JSON_LUA_H

#include <lua.h>

enum { bt_json_depth = 32 }; // arrays and objects within one another

// Pushes the metatable that marks a table as an array.
void bt_json_push_mark(lua_State *L);

enum { bt_json_scratches = 2 }; // upvalues that bt_json_encode is to have, nil at first

// json.encode and json.decode.
int bt_json_encode(lua_State *L);
int bt_json_decode(lua_State *L);

#endif
