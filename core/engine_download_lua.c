// core.engine: downloads, as methods of an engine.
#include "engine_lua.h"
#include "host.h"

#include <lauxlib.h>
#include <string.h>

// A list of booleans as bytes in a userdata that is left on the stack, or none for nil.
static const uint8_t *check_wanted(lua_State *L, int index, size_t *count) {
  *count = 0;
  if (lua_isnil(L, index)) return NULL;
  luaL_checktype(L, index, LUA_TTABLE);
  index = lua_absindex(L, index);
  *count = lua_rawlen(L, index);
  uint8_t *wanted = lua_newuserdatauv(L, *count + 1, 0);
  for (size_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    wanted[i] = (uint8_t)lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  return wanted;
}

static const char *opt_bytes(lua_State *L, const char *name, size_t *length) {
  if (lua_getfield(L, 2, name) == LUA_TNIL) return NULL;
  lua_pop(L, 1);
  return bt_engine_check_field(L, 2, name, length);
}

static int opt_limit(lua_State *L, const char *name) {
  lua_getfield(L, 2, name);
  lua_Integer limit = luaL_optinteger(L, -1, 0);
  luaL_argcheck(L, limit >= 0 && limit <= INT32_MAX, 2, "limits are bytes a second");
  lua_pop(L, 1);
  return (int)limit;
}

static int engine_add_download(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  bt_download download = {0};
  download.folder = bt_engine_check_field(L, 2, "folder", NULL);
  download.magnet = bt_engine_opt_field(L, 2, "magnet", NULL);
  download.torrent = opt_bytes(L, "torrent", &download.torrent_length);
  download.resume = opt_bytes(L, "resume", &download.resume_length);
  int sources = !!download.magnet + !!download.torrent + !!download.resume;
  luaL_argcheck(L, sources == 1, 2, "one of magnet, torrent and resume is needed");
  download.is_known = bt_engine_opt_flag(L, 2, "known");
  download.is_paused = bt_engine_opt_flag(L, 2, "paused");
  download.is_kept_waiting = bt_engine_opt_flag(L, 2, "wait");
  download.is_idle = bt_engine_opt_flag(L, 2, "idle");
  download.is_public = bt_engine_opt_flag(L, 2, "public");
  download.up_limit = opt_limit(L, "up_limit");
  download.down_limit = opt_limit(L, "down_limit");
  lua_getfield(L, 2, "wanted");
  download.wanted = check_wanted(L, -1, &download.wanted_count);

  bt_error error;
  char info_hash[BT_INFO_HASH_SIZE];
  if (!bt_engine_download(engine, &download, info_hash, &error)) return bt_host_fail(L, &error);
  lua_pushstring(L, info_hash);
  return 1;
}

static int engine_set_wanted(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  size_t count;
  const uint8_t *wanted = check_wanted(L, 3, &count);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_set_wanted(engine, info_hash, wanted, count, &error),
                             &error);
}

static int engine_post_files(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_post_files(engine, info_hash, &error), &error);
}

static int engine_save(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bool is_if_changed = lua_toboolean(L, 3);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_save(engine, info_hash, is_if_changed, &error), &error);
}

static int engine_recheck(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_recheck(engine, info_hash, &error), &error);
}

static int engine_remove_data(lua_State *L) {
  bt_engine *engine = bt_engine_check(L);
  const char *info_hash = luaL_checkstring(L, 2);
  bt_error error;
  return bt_engine_push_done(L, bt_engine_remove_data(engine, info_hash, &error), &error);
}

void bt_engine_add_downloads(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"add_download", engine_add_download},
      {"set_wanted", engine_set_wanted},
      {"post_files", engine_post_files},
      {"save", engine_save},
      {"recheck", engine_recheck},
      {"remove_data", engine_remove_data},
      {NULL, NULL},
  };
  luaL_setfuncs(L, methods, 0);
}
