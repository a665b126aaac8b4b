// core.engine: the torrent engine.
//
// While it is open an engine is anchored in the registry, as libtorrent may wake it at any time.
// Closing has two halves: bt_engine_stop on the loop, then bt_engine_free, which waits, on a thread
// of the pool.
#include "engine_lua.h"
#include "host.h"
#include "modules.h"

#include <lauxlib.h>
#include <stddef.h>
#include <stdlib.h>

static const char *const engine_type = "core.engine.Engine";

// The async handle outlives the userdata by a turn of the loop.
typedef struct {
  uv_async_t async;
  struct engine *owner; // NULL once closing
} waker;

typedef struct engine {
  bt_engine *engine; // NULL once closed
  waker *waker;
  lua_State *L; // main thread
  int anchor;   // registry references: the userdata itself
  int on_event;
  int on_closed;
  uv_work_t closing;
} engine;

static engine *check_engine(lua_State *L) {
  engine *self = luaL_checkudata(L, 1, engine_type);
  if (!self->engine) luaL_error(L, "the engine is closed");
  return self;
}

bt_engine *bt_engine_check(lua_State *L) {
  return check_engine(L)->engine;
}

int bt_engine_push_done(lua_State *L, bool is_done, const bt_error *error) {
  if (!is_done) return bt_host_fail(L, error);
  lua_pushboolean(L, true);
  return 1;
}

// on_event event(light) →
static int deliver(lua_State *L) {
  bt_engine_push_event(L, lua_touserdata(L, 2));
  lua_replace(L, 2);
  lua_call(L, 1, 0);
  return 0;
}

// On any thread.
static void wake(void *context) {
  uv_async_send(context);
}

static void on_wake(uv_async_t *async) {
  engine *self = ((waker *)async)->owner;
  while (self && self->engine) {
    const bt_event *event = bt_engine_next(self->engine);
    if (!event) return;
    lua_State *L = self->L;
    lua_pushcfunction(L, deliver);
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->on_event);
    lua_pushlightuserdata(L, (void *)(uintptr_t)event);
    bt_host_call(L, 2, 0);
    self = ((waker *)async)->owner; // the callback may have closed it
  }
}

static void free_waker(uv_handle_t *handle) {
  free((waker *)handle);
}

static waker *open_waker(lua_State *L, engine *self) {
  waker *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  made->owner = self;
  uv_async_init(bt_host_loop(L), &made->async, on_wake);
  return made;
}

static void close_waker(engine *self) {
  self->waker->owner = NULL;
  uv_close((uv_handle_t *)&self->waker->async, free_waker);
  self->waker = NULL;
}

static bt_obfuscation check_obfuscation(lua_State *L) {
  static const char *const words[] = {"prefer", "require", "off", NULL};
  lua_getfield(L, 1, "obfuscation");
  bt_obfuscation obfuscation = (bt_obfuscation)luaL_checkoption(L, -1, "prefer", words);
  lua_pop(L, 1);
  return obfuscation;
}

static int engine_open(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  bt_engine_options options = {.obfuscation = check_obfuscation(L), .wake = wake};
  lua_getfield(L, 1, "listen");
  luaL_checktype(L, -1, LUA_TTABLE);
  options.listen = bt_engine_check_list(L, -1, &options.listen_count);
  lua_getfield(L, 1, "settings");
  options.settings = bt_engine_check_settings(L, -1, &options.setting_count);

  engine *self = lua_newuserdatauv(L, sizeof *self, 0);
  *self = (engine){.L = bt_host_main(L), .on_closed = LUA_NOREF};
  luaL_setmetatable(L, engine_type);
  bt_host_own(L, -1);
  lua_pushvalue(L, -1);
  self->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushvalue(L, 2);
  self->on_event = luaL_ref(L, LUA_REGISTRYINDEX);

  bt_error error = {BT_FULL, "engine: no memory"};
  self->waker = open_waker(L, self);
  options.context = self->waker;
  if (self->waker) self->engine = bt_engine_open(&options, &error);
  if (!self->engine) {
    if (self->waker) close_waker(self);
    luaL_unref(L, LUA_REGISTRYINDEX, self->anchor);
    luaL_unref(L, LUA_REGISTRYINDEX, self->on_event);
    return bt_host_fail(L, &error);
  }
  return 1;
}

// On a thread of the pool.
static void free_engine(uv_work_t *work) {
  bt_engine_free(work->data);
}

static void on_freed(uv_work_t *work, int status) {
  (void)status;
  engine *self = (engine *)((char *)work - offsetof(engine, closing));
  lua_State *L = self->L;
  int on_closed = self->on_closed, anchor = self->anchor;
  if (on_closed != LUA_NOREF) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, on_closed);
    luaL_unref(L, LUA_REGISTRYINDEX, on_closed);
    bt_host_call(L, 0, 0);
  }
  luaL_unref(L, LUA_REGISTRYINDEX, anchor);
}

// Closing twice is no mistake; only the first on_closed is called.
static int engine_close(lua_State *L) {
  engine *self = luaL_checkudata(L, 1, engine_type);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  if (!self->engine) return 0;
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) self->on_closed = luaL_ref(L, LUA_REGISTRYINDEX);
  bt_engine_stop(self->engine);
  close_waker(self);
  luaL_unref(L, LUA_REGISTRYINDEX, self->on_event);
  self->closing.data = self->engine;
  self->engine = NULL;
  uv_queue_work(bt_host_loop(L), &self->closing, free_engine, on_freed);
  return 0;
}

static int engine_add_share(lua_State *L) {
  engine *self = check_engine(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  bt_share share = {0};
  share.torrent = bt_engine_check_field(L, 2, "torrent", &share.torrent_length);
  share.root = bt_engine_check_field(L, 2, "root", NULL);
  share.base = bt_engine_check_field(L, 2, "base", NULL);
  share.manifest = bt_engine_check_field(L, 2, "manifest", &share.manifest_length);
  share.is_public = bt_engine_opt_flag(L, 2, "public");
  lua_getfield(L, 2, "trackers");
  share.trackers = bt_engine_check_list(L, -1, &share.tracker_count);
  lua_getfield(L, 2, "up_limit");
  share.up_limit = (int)luaL_optinteger(L, -1, 0);

  bt_error error;
  char info_hash[BT_INFO_HASH_SIZE];
  if (!bt_engine_add(self->engine, &share, info_hash, &error)) return bt_host_fail(L, &error);
  lua_pushstring(L, info_hash);
  return 1;
}

static int engine_remove(lua_State *L) {
  engine *self = check_engine(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_remove(self->engine, info_hash, &error), &error);
}

static int engine_pause(lua_State *L) {
  engine *self = check_engine(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_pause(self->engine, info_hash, &error), &error);
}

static int engine_resume(lua_State *L) {
  engine *self = check_engine(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_resume(self->engine, info_hash, &error), &error);
}

static int engine_connect_peer(lua_State *L) {
  engine *self = check_engine(L);
  const char *info_hash = luaL_checkstring(L, 2);
  const char *address = luaL_checkstring(L, 3);
  lua_Integer port = luaL_checkinteger(L, 4);
  luaL_argcheck(L, port >= 0 && port <= 65535, 4, "no port");
  bt_error error;
  bool is_done = bt_engine_connect(self->engine, info_hash, address, (uint16_t)port, &error);
  return bt_engine_push_done(L, is_done, &error);
}

static int engine_post_updates(lua_State *L) {
  bt_engine_post_updates(check_engine(L)->engine);
  return 0;
}

static int engine_post_stats(lua_State *L) {
  bt_engine_post_stats(check_engine(L)->engine);
  return 0;
}

static int engine_post_peers(lua_State *L) {
  engine *self = check_engine(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(
      L, bt_engine_post_peers(self->engine, info_hash, lua_toboolean(L, 3), &error), &error);
}

int luaopen_core_engine(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"add_share", engine_add_share},
      {"remove", engine_remove},
      {"pause", engine_pause},
      {"resume", engine_resume},
      {"connect_peer", engine_connect_peer},
      {"refuse", bt_engine_lua_refuse},
      {"post_updates", engine_post_updates},
      {"post_stats", engine_post_stats},
      {"post_peers", engine_post_peers},
      {"close", engine_close},
      {NULL, NULL},
  };
  static const luaL_Reg functions[] = {{"open", engine_open}, {NULL, NULL}};
  bt_host_type(L, engine_type, methods, NULL);
  luaL_getmetatable(L, engine_type);
  lua_getfield(L, -1, "__index");
  bt_engine_add_setters(L);
  bt_engine_add_downloads(L);
  lua_pop(L, 2);
  luaL_newlib(L, functions);
  lua_pushstring(L, bt_engine_library());
  lua_setfield(L, -2, "library");
  bt_engine_add_makers(L);
  bt_engine_add_setting_names(L);
  return 1;
}
