// core.torrent: reads .torrent files from somebody else, on a thread of the pool.
#include "torrent_check.h"

#include "host.h"
#include "modules.h"

#include <lauxlib.h>
#include <stdlib.h>

// From the call to its answer; the registry keeps the bytes and the function.
typedef struct {
  uv_work_t work;
  lua_State *L; // main thread
  int bytes, on_done;
  const char *text;
  size_t length;
  bt_torrent_summary *summary; // NULL where `error` says why
  bt_error error;
} reading;

// On a thread of the pool.
static void read_torrent(uv_work_t *work) {
  reading *self = work->data;
  self->summary = bt_torrent_check(self->text, self->length, &self->error);
}

static void push_summary(lua_State *L, const bt_torrent_summary *summary) {
  lua_createtable(L, 0, 6);
  lua_pushstring(L, summary->name);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, summary->info_hash);
  lua_setfield(L, -2, "info_hash");
  lua_pushinteger(L, (lua_Integer)summary->size);
  lua_setfield(L, -2, "size");
  lua_pushboolean(L, summary->is_private);
  lua_setfield(L, -2, "private");
  lua_pushboolean(L, summary->is_findable);
  lua_setfield(L, -2, "findable");
  lua_createtable(L, (int)summary->file_count, 0);
  for (size_t i = 0; i < summary->file_count; i++) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, summary->files[i].path);
    lua_setfield(L, -2, "path");
    lua_pushinteger(L, (lua_Integer)summary->files[i].size);
    lua_setfield(L, -2, "size");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "files");
}

// on_done reading(light) →
static int answer(lua_State *L) {
  const reading *self = lua_touserdata(L, 2);
  lua_settop(L, 1);
  if (self->summary)
    push_summary(L, self->summary);
  else
    bt_host_fail(L, &self->error);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}

static void on_read(uv_work_t *work, int status) {
  (void)status;
  reading *self = work->data;
  lua_State *L = self->L;
  lua_pushcfunction(L, answer);
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->on_done);
  lua_pushlightuserdata(L, self);
  bt_host_call(L, 2, 0);
  luaL_unref(L, LUA_REGISTRYINDEX, self->bytes);
  luaL_unref(L, LUA_REGISTRYINDEX, self->on_done);
  bt_torrent_summary_free(self->summary);
  free(self);
}

static int torrent_check(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  reading *self = calloc(1, sizeof *self);
  if (!self) return luaL_error(L, "no memory");
  self->work.data = self;
  self->L = bt_host_main(L);
  self->text = text;
  self->length = length;
  self->on_done = luaL_ref(L, LUA_REGISTRYINDEX);
  self->bytes = luaL_ref(L, LUA_REGISTRYINDEX);
  uv_queue_work(bt_host_loop(L), &self->work, read_torrent, on_read);
  return 0;
}

int luaopen_core_torrent(lua_State *L) {
  static const luaL_Reg functions[] = {{"check", torrent_check}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
