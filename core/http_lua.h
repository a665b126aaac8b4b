// Between the two files that show HTTP to Lua.
#ifndef BT_HTTP_LUA_H
#define BT_HTTP_LUA_H

#include "http.h"

#include <lua.h>

// Makes an answer of the reply table at `index`; raises on misuse. The answer is the caller's, who
// must not raise before it is given away.
bt_http_answer *bt_http_check_answer(lua_State *L, int index);

#endif
