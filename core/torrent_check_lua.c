// core.torrent: reads .torrent files from somebody else, on a thread of the pool.
#include "torrent_check.h"

#include "host.h"
#include "modules.h"
#include "pool_lua.h"

#include <lauxlib.h>
#include <stdlib.h>

// From the call to its answer.
typedef struct {
  bt_pool_job base;
  const char *text; // borrowed
  size_t length;
  bt_torrent_summary *summary; // NULL where `error` says why
  bt_error error;
} reading;

static void read_torrent(void *context) {
  reading *self = context;
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

static int push_answer(lua_State *L, void *context) {
  const reading *self = context;
  if (!self->summary) return bt_host_fail(L, &self->error);
  push_summary(L, self->summary);
  return 1;
}

static void free_reading(void *context) {
  reading *self = context;
  bt_torrent_summary_free(self->summary);
  free(self);
}

static const bt_pool_kind kind = {read_torrent, push_answer, free_reading};

static int torrent_check(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  reading *self = calloc(1, sizeof *self);
  if (!self) return luaL_error(L, "no memory");
  self->text = text;
  self->length = length;
  bt_pool_start(L, &self->base, &kind);
  return 0;
}

int luaopen_core_torrent(lua_State *L) {
  static const luaL_Reg functions[] = {{"check", torrent_check}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
