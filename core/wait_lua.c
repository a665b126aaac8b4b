// A result that a thread of its own brings, and a function of Lua that waits for it.
#include "wait_lua.h"

#include "host.h"

#include <lauxlib.h>
#include <stdlib.h>

// The async handle outlives the userdata by a turn of the loop.
typedef struct {
  uv_async_t async;
  bt_wait *owner; // NULL once closing
} waker;

struct bt_wait {
  void *work; // NULL before it has begun, and once it has ended
  waker *waker;
  const bt_wait_kind *kind;
  lua_State *L;        // main thread
  int anchor, on_done; // registry references: the userdata itself
};

static void free_waker(uv_handle_t *handle) {
  free((waker *)handle);
}

// on_done wait(light) →
static int answer(lua_State *L) {
  bt_wait *self = lua_touserdata(L, 2);
  lua_settop(L, 1);
  int count = self->kind->push(L, self->work);
  bt_wait_end(self);
  lua_call(L, count, 0);
  return 0;
}

static void on_wake(uv_async_t *async) {
  bt_wait *self = ((waker *)async)->owner;
  if (!self || !self->work) return;
  lua_State *L = self->L;
  lua_pushcfunction(L, answer);
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->on_done);
  lua_pushlightuserdata(L, self);
  bt_host_call(L, 2, 0);
}

bt_wait *bt_wait_new(lua_State *L, const char *type, const bt_wait_kind *kind, int on_done) {
  on_done = lua_absindex(L, on_done);
  bt_wait *self = lua_newuserdatauv(L, sizeof *self, 0);
  *self = (bt_wait){.kind = kind, .L = bt_host_main(L)};
  luaL_setmetatable(L, type);
  bt_host_own(L, -1);
  lua_pushvalue(L, on_done);
  self->on_done = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushvalue(L, -1);
  self->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  self->waker = calloc(1, sizeof *self->waker);
  if (self->waker) {
    uv_async_init(bt_host_loop(L), &self->waker->async, on_wake);
    self->waker->owner = self;
    return self;
  }
  bt_wait_end(self);
  lua_pop(L, 1);
  return NULL;
}

void *bt_wait_waker(const bt_wait *self) {
  return self->waker;
}

void bt_wait_wake(void *context) {
  uv_async_send(context);
}

void bt_wait_begin(bt_wait *self, void *work) {
  self->work = work;
  if (!work) bt_wait_end(self);
}

void *bt_wait_work(const bt_wait *self) {
  return self->work;
}

void bt_wait_end(bt_wait *self) {
  if (self->work) self->kind->let_go(self->work);
  self->work = NULL;
  if (self->waker) {
    self->waker->owner = NULL;
    uv_close((uv_handle_t *)&self->waker->async, free_waker);
    self->waker = NULL;
  }
  luaL_unref(self->L, LUA_REGISTRYINDEX, self->on_done);
  luaL_unref(self->L, LUA_REGISTRYINDEX, self->anchor);
  self->on_done = self->anchor = LUA_NOREF;
}
