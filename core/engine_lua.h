// What the Lua faces of the engine share: lists and settings from tables, events to tables.
//
// The check_ functions raise on misuse. What they return lives in a userdata that they leave on
// the stack, and points to strings of the table at `index`: both must stay.
#ifndef BT_ENGINE_LUA_H
#define BT_ENGINE_LUA_H

#include "engine.h"

#include <lua.h>

// The engine that is the first argument; raises where that is closed.
bt_engine *bt_engine_check(lua_State *L);

// Pushes true, or nil and the error, and returns how many values these are.
int bt_engine_push_done(lua_State *L, bool is_done, const bt_error *error);

// engine:refuse
int bt_engine_lua_refuse(lua_State *L);

// A list of strings, or none for nil.
const char *const *bt_engine_check_list(lua_State *L, int index, size_t *count);

// A name at `index` and its value after it, borrowed from there.
bt_setting bt_engine_check_setting_at(lua_State *L, int index);

// A table from names to values, or none for nil.
const bt_setting *bt_engine_check_settings(lua_State *L, int index, size_t *count);

// Pushes field `name` of the table at `index`, a string or, where optional, nil: then `otherwise`.
const char *bt_engine_check_field(lua_State *L, int index, const char *name, size_t *length);
const char *bt_engine_opt_field(lua_State *L, int index, const char *name, const char *otherwise);
bool bt_engine_opt_flag(lua_State *L, int index, const char *name);

// Puts the methods of downloads into the table on top.
void bt_engine_add_downloads(lua_State *L);

void bt_engine_push_event(lua_State *L, const bt_event *event);
void bt_engine_push_setting(lua_State *L, const bt_setting *setting); // its value

// Put functions that need no engine into the module's table on top.
void bt_engine_add_makers(lua_State *L);
void bt_engine_add_setting_names(lua_State *L);

// Puts methods into the table of methods on top.
void bt_engine_add_setters(lua_State *L);

#endif
