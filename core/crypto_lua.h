// Between the files that show cryptography to Lua.
#ifndef BT_CRYPTO_LUA_H
#define BT_CRYPTO_LUA_H

#include <lua.h>

// lua_CFunctions, described in lua/meta/core/crypto.lua.
int bt_crypto_hash_password(lua_State *L);
int bt_crypto_check_password(lua_State *L);
int bt_crypto_is_outdated(lua_State *L);

#endif
