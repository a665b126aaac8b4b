// Between the files that show HTTP to Lua.
#ifndef BT_HTTP_LUA_H
#define BT_HTTP_LUA_H

#include "http.h"

#include <lua.h>

// Makes an answer of the reply table at `index`; raises on misuse. The answer is the caller's, who
// must not raise before it is given away.
bt_http_answer *bt_http_check_answer(lua_State *L, int index);

// Reads the options of http.open at index 1, but for `wake` and `asks`; raises on misuse. Strings
// are borrowed from the stack, where they stay; the value of "hosts" is left on top.
void bt_http_check_options(lua_State *L, bt_http_options *options);

// Raises where the table at `index` is no list of hosts; copies it to a listener.
void bt_http_check_hosts(lua_State *L, int index);
void bt_http_copy_hosts(lua_State *L, int index, bt_http *listener);

// The listener at index 1, NULL once it is closed; raises if there is none.
bt_http *bt_http_check_listener(lua_State *L);

// Methods of a listener, for replies that are being sent.
int bt_http_listener_cut(lua_State *L);
int bt_http_listener_set_rate(lua_State *L);
int bt_http_listener_sent(lua_State *L);
int bt_http_listener_push(lua_State *L);
int bt_http_listener_finish(lua_State *L);

// Methods of a listener, for bodies of requests.
int bt_http_listener_let_in(lua_State *L);
int bt_http_listener_let_in_pieces(lua_State *L);
int bt_http_listener_next_piece(lua_State *L);

// A lua_CFunction: makes the id and the bytes of a piece, of a `const bt_http_request *` as below.
int bt_http_push_piece(lua_State *L);

// A lua_CFunction: makes the table of a `const bt_http_request *`, given as a light userdata.
int bt_http_push_request(lua_State *L);

// A lua_CFunction: makes an empty body, for Lua to fill in several goes.
int bt_http_new_body(lua_State *L);

// A lua_CFunction, body:read(on_done): takes the body, and reads all of it on libuv's pool.
int bt_http_read_body(lua_State *L);

// Takes the body out of the userdata at `index`; raises if it is none, or was taken before.
bt_body *bt_http_take_body(lua_State *L, int index);

#endif
