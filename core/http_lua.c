// core.http: listeners for Lua.
//
// A listener is a userdata that the registry keeps until it is closed; its user values are
// on_request, on_sent, on_head and on_piece. MHD's threads only wake the loop (uv_async_send).
#include "http_lua.h"
#include "host.h"
#include "http.h"
#include "modules.h"

#include <lauxlib.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

static const char type_name[] = "core.http.Listener";

enum {
  value_on_request = 1,
  value_on_sent,
  value_on_head,
  value_on_piece,
  value_address,
  value_count = value_address
};

typedef struct {
  bt_http *listener; // NULL once closed
  uv_async_t *async; // freed in its close callback
  lua_State *L;      // the main thread
  int anchor;        // registry reference to this userdata
  uint16_t port;
} http_listener;

static http_listener *check_listener(lua_State *L) {
  return luaL_checkudata(L, 1, type_name);
}

bt_http *bt_http_check_listener(lua_State *L) {
  return check_listener(L)->listener;
}

static void reply_failed(http_listener *self, uint64_t id) {
  bt_http_answer *answer = bt_http_answer_new(500);
  if (answer && bt_http_answer_bytes(answer, "failed\n", 7))
    bt_http_reply(self->listener, id, answer);
  else
    bt_http_answer_free(answer);
}

// A request whose handler raised still gets its one reply.
static void tell_request(lua_State *L, http_listener *self, const bt_http_event *event) {
  lua_pushcfunction(L, bt_http_push_request); // on_request push
  lua_pushlightuserdata(L, (void *)(uintptr_t)event->request);
  bool succeeded = bt_host_call(L, 1, 1) && bt_host_call(L, 1, 0);
  if (!succeeded && self->listener) reply_failed(self, event->id);
}

static void tell_sent(lua_State *L, const bt_http_event *event) {
  lua_pushinteger(L, (lua_Integer)event->id);
  lua_pushinteger(L, (lua_Integer)event->bytes);
  lua_pushboolean(L, event->complete);
  bt_host_call(L, 3, 0);
}

// A piece that nobody could take is the end of its request.
static void tell_piece(lua_State *L, http_listener *self, const bt_http_event *event) {
  lua_pushcfunction(L, bt_http_push_piece); // on_piece push
  lua_pushlightuserdata(L, (void *)(uintptr_t)event->request);
  bool succeeded = bt_host_call(L, 1, 2) && bt_host_call(L, 2, 0);
  if (succeeded || !self->listener) return;
  bt_http_cut(self->listener, event->id);
  bt_http_next_piece(self->listener, event->id, 0);
}

static int value_of(const bt_http_event *event) {
  if (event->is_head) return value_on_head;
  if (event->is_piece) return value_on_piece;
  return event->request ? value_on_request : value_on_sent;
}

static void tell(http_listener *self, const bt_http_event *event) {
  lua_State *L = self->L;
  int top = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->anchor);
  int kind = lua_getiuservalue(L, -1, value_of(event));
  if (event->is_piece)
    tell_piece(L, self, event);
  else if (kind == LUA_TFUNCTION && event->request)
    tell_request(L, self, event);
  else if (kind == LUA_TFUNCTION)
    tell_sent(L, event);
  lua_settop(L, top);
}

// A handler may close the listener. A flood must not keep the loop from everything else.
static void on_wake(uv_async_t *async) {
  static const int at_once = 64;
  http_listener *self = async->data;
  bt_http_event event;
  for (int i = 0; i < at_once; i++) {
    if (!self->listener || !bt_http_next(self->listener, &event)) return;
    tell(self, &event);
  }
  if (self->listener) uv_async_send(async);
}

static void wake(void *async) {
  uv_async_send(async);
}

static void free_handle(uv_handle_t *handle) {
  free(handle);
}

static int listener_close(lua_State *L) {
  http_listener *self = check_listener(L);
  if (!self->listener) return 0;
  bt_http *listener = self->listener;
  self->listener = NULL;
  bt_http_stop(listener);
  bt_http_event event;
  while (bt_http_next(listener, &event))
    tell(self, &event);
  bt_http_free(listener);
  uv_close((uv_handle_t *)self->async, free_handle);
  luaL_unref(L, LUA_REGISTRYINDEX, self->anchor);
  return 0;
}

static int listener_set_hosts(lua_State *L) {
  http_listener *self = check_listener(L);
  bt_http_check_hosts(L, 2);
  if (self->listener) bt_http_copy_hosts(L, 2, self->listener);
  return 0;
}

static int listener_reply(lua_State *L) {
  http_listener *self = check_listener(L);
  lua_Integer id = luaL_checkinteger(L, 2);
  bt_http_answer *answer = bt_http_check_answer(L, 3);
  bool accepted = self->listener && bt_http_reply(self->listener, (uint64_t)id, answer);
  if (!self->listener) bt_http_answer_free(answer);
  lua_pushboolean(L, accepted);
  return 1;
}

static int listener_index(lua_State *L) {
  http_listener *self = check_listener(L);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "address") == 0) {
    lua_getiuservalue(L, 1, value_address);
  } else if (strcmp(key, "port") == 0) {
    lua_pushinteger(L, self->port);
  } else {
    luaL_getmetafield(L, 1, "methods");
    lua_getfield(L, -1, key);
  }
  return 1;
}

// The handle is made before the listener, whose threads use it.
static int open_listener(lua_State *L, http_listener *self, bt_http_options *options,
                         bt_error *error) {
  self->async = calloc(1, sizeof *self->async);
  if (!self->async) return bt_fail(error, BT_FULL, "http: no memory");
  int status = uv_async_init(bt_host_loop(L), self->async, on_wake);
  if (status != 0) {
    free(self->async);
    return bt_fail_errno(error, -status, "http");
  }
  self->async->data = self;
  options->context = self->async;
  self->listener = bt_http_open(options, error);
  if (!self->listener) uv_close((uv_handle_t *)self->async, free_handle);
  return self->listener != NULL;
}

static int http_open(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  if (!lua_isnoneornil(L, 3)) luaL_checktype(L, 3, LUA_TFUNCTION);
  if (!lua_isnoneornil(L, 4)) luaL_checktype(L, 4, LUA_TFUNCTION);
  if (!lua_isnoneornil(L, 5)) luaL_checktype(L, 5, LUA_TFUNCTION);
  lua_settop(L, 5);
  bt_http_options options;
  bt_http_check_options(L, &options); // options on_request on_sent on_head ... hosts
  options.wake = wake;
  options.asks = !lua_isnil(L, 4);
  int hosts = lua_gettop(L);
  http_listener *self = lua_newuserdatauv(L, sizeof *self, value_count);
  *self = (http_listener){.L = bt_host_main(L)};
  luaL_setmetatable(L, type_name);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, value_on_request);
  lua_pushvalue(L, 3);
  lua_setiuservalue(L, -2, value_on_sent);
  lua_pushvalue(L, 4);
  lua_setiuservalue(L, -2, value_on_head);
  lua_pushvalue(L, 5);
  lua_setiuservalue(L, -2, value_on_piece);
  lua_pushstring(L, options.path ? options.path : "");
  lua_setiuservalue(L, -2, value_address);
  bt_host_own(L, -1);
  lua_pushvalue(L, -1);
  self->anchor = luaL_ref(L, LUA_REGISTRYINDEX);

  bt_error error;
  if (!open_listener(L, self, &options, &error)) {
    luaL_unref(L, LUA_REGISTRYINDEX, self->anchor);
    return bt_host_fail(L, &error);
  }
  if (!lua_isnil(L, hosts)) bt_http_copy_hosts(L, hosts, self->listener);
  self->port = bt_http_port(self->listener);

  lua_pushstring(L, bt_http_address(self->listener));
  lua_setiuservalue(L, -2, value_address);
  return 1;
}

int luaopen_core_http(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"reply", listener_reply},
      {"let_in", bt_http_listener_let_in},
      {"cut", bt_http_listener_cut},
      {"set_rate", bt_http_listener_set_rate},
      {"sent", bt_http_listener_sent},
      {"push", bt_http_listener_push},
      {"finish", bt_http_listener_finish},
      {"set_hosts", listener_set_hosts},
      {"let_in_pieces", bt_http_listener_let_in_pieces},
      {"next_piece", bt_http_listener_next_piece},
      {"close", listener_close},
      {NULL, NULL},
  };
  luaL_newmetatable(L, type_name);
  lua_pushcfunction(L, listener_index);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "methods");
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, http_open);
  lua_setfield(L, -2, "open");
  lua_pushcfunction(L, bt_http_new_body);
  lua_setfield(L, -2, "body");
  lua_pushstring(L, MHD_get_version());
  lua_setfield(L, -2, "library");
  return 1;
}
