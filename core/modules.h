// The core modules, as Lua requires them. Each luaopen_ leaves the module's table on the stack.
#ifndef BT_MODULES_H
#define BT_MODULES_H

#include <lua.h>

int luaopen_core_host(lua_State *L);
int luaopen_core_manifest(lua_State *L);
int luaopen_core_tree(lua_State *L);
int luaopen_core_hasher(lua_State *L);
int luaopen_core_engine(lua_State *L);
int luaopen_core_http(lua_State *L);
int luaopen_core_sandbox(lua_State *L);
int luaopen_core_deposit(lua_State *L);
int luaopen_core_sqlite(lua_State *L);
int luaopen_core_json(lua_State *L);
int luaopen_core_crypto(lua_State *L);
int luaopen_core_qr(lua_State *L);
int luaopen_core_mapper(lua_State *L);
int luaopen_core_torrent(lua_State *L);
int luaopen_core_fetch(lua_State *L);
int luaopen_core_beneath(lua_State *L);
int luaopen_core_watchdog(lua_State *L);
int luaopen_core_copy(lua_State *L);

#endif
