// The part of core.engine that makes torrents and magnets, for which no engine is needed.
#include "engine_lua.h"
#include "host.h"
#include "pool_lua.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static const char *const torrent_type = "core.engine.torrent";

static bt_bytes check_bytes(lua_State *L, const char *name) {
  bt_bytes bytes;
  bytes.bytes = bt_engine_check_field(L, 1, name, &bytes.length);
  return bytes;
}

static int check_word(lua_State *L, const char *name, const char *const *words) {
  const char *word = bt_engine_check_field(L, 1, name, NULL);
  for (int i = 0; words[i]; i++)
    if (!strcmp(word, words[i])) return i;
  return luaL_error(L, "%s: unknown word '%s'", name, word);
}

// Pushes the raw bytes of hex digits; raises where they are none.
static void push_raw(lua_State *L, const char *digits, size_t length) {
  luaL_Buffer raw;
  luaL_buffinit(L, &raw);
  for (size_t i = 0; i + 1 < length; i += 2) {
    char pair[3] = {digits[i], digits[i + 1], 0};
    luaL_addchar(&raw, (char)strtol(pair, NULL, 16));
  }
  luaL_pushresult(&raw);
}

static const char *check_hex(lua_State *L, const char *digits, size_t wanted) {
  if (digits && (strlen(digits) != wanted || strspn(digits, "0123456789abcdefABCDEF") != wanted))
    luaL_error(L, "%s: not %d hex digits", digits, (int)wanted);
  return digits;
}

static bt_bytes check_similar(lua_State *L) {
  bt_bytes similar = {"", 0};
  if (lua_getfield(L, 1, "similar") == LUA_TNIL) return similar;
  size_t count;
  const char *const *list = bt_engine_check_list(L, -1, &count);
  luaL_checkstack(L, (int)count + 8, "similar: too many");
  for (size_t i = 0; i < count; i++)
    push_raw(L, check_hex(L, list[i], 40), 40);
  lua_concat(L, (int)count);
  similar.bytes = lua_tolstring(L, -1, &similar.length);
  return similar;
}

// Leaves on the stack what the description borrows.
static bt_torrent_description check_description(lua_State *L) {
  static const char *const kinds[] = {"file", "folder", NULL};
  static const char *const formats[] = {"v1", "hybrid", "v2", NULL};
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkstack(L, 20, NULL);
  bt_torrent_description description = {
      .name = bt_engine_check_field(L, 1, "name", NULL),
      .is_folder = check_word(L, "kind", kinds) == 1,
      .manifest = check_bytes(L, "manifest"),
      .format = (bt_format)check_word(L, "format", formats),
      .pieces = check_bytes(L, "pieces"),
      .roots = check_bytes(L, "roots"),
      .layers = check_bytes(L, "layers"),
      .is_private = bt_engine_opt_flag(L, 1, "private"),
      .similar = check_similar(L),
  };
  lua_getfield(L, 1, "piece_length");
  lua_Integer piece_length = luaL_checkinteger(L, -1);
  description.piece_length = piece_length > INT32_MAX ? 0 : (uint32_t)piece_length;
  return description;
}

static void push_torrent(lua_State *L, const bt_torrent *made) {
  bt_bytes torrent = bt_torrent_bytes(made);
  lua_createtable(L, 0, 3);
  lua_pushlstring(L, torrent.bytes, torrent.length);
  lua_setfield(L, -2, "torrent");
  lua_pushstring(L, bt_torrent_info_hash(made));
  lua_setfield(L, -2, "info_hash");
  if (*bt_torrent_info_hash_v2(made)) {
    lua_pushstring(L, bt_torrent_info_hash_v2(made));
    lua_setfield(L, -2, "info_hash_v2");
  }
}

static int free_torrent(lua_State *L) {
  bt_torrent **box = lua_touserdata(L, 1);
  if (*box) bt_torrent_free(*box);
  *box = NULL;
  return 0;
}

static int engine_make_torrent(lua_State *L) {
  lua_settop(L, 1);
  bt_torrent_description description = check_description(L);
  bt_torrent **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, torrent_type);

  bt_error error;
  *box = bt_torrent_make(&description, &error);
  if (!*box) return bt_host_fail(L, &error);

  push_torrent(L, *box);
  bt_torrent_free(*box);
  *box = NULL;
  return 1;
}

// A torrent that a thread of the pool makes.
typedef struct {
  bt_pool_job base;
  bt_torrent_description description;
  bt_torrent *made; // NULL where it failed
  bt_error error;
} making;

static void make(void *context) {
  making *job = context;
  job->made = bt_torrent_make(&job->description, &job->error);
}

static int push_made(lua_State *L, void *context) {
  const making *job = context;
  if (!job->made) return bt_host_fail(L, &job->error);
  push_torrent(L, job->made);
  return 1;
}

static void free_making(void *context) {
  making *job = context;
  if (job->made) bt_torrent_free(job->made);
  free(job);
}

static const bt_pool_kind kind = {make, push_made, free_making};

// Moves all above the first two values of the stack into a table, which is then the third.
static void keep_borrowed(lua_State *L) {
  int last = lua_gettop(L);
  lua_createtable(L, last, 0);
  lua_insert(L, 3);
  for (int i = last; i >= 3; i--)
    lua_rawseti(L, 3, i);
}

static int engine_make_torrent_async(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  bt_torrent_description description = check_description(L);
  keep_borrowed(L);
  lua_pushvalue(L, 2);

  making *job = calloc(1, sizeof *job);
  if (!job) {
    bt_error error;
    bt_fail(&error, BT_FULL, "torrent: no memory");
    return bt_host_fail(L, &error);
  }
  job->description = description;
  bt_pool_start(L, &job->base, &kind);
  lua_pushboolean(L, true);
  return 1;
}

static const char *const *check_list_field(lua_State *L, const char *name, size_t *count) {
  lua_getfield(L, 1, name);
  return bt_engine_check_list(L, -1, count);
}

static int engine_magnet(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  bt_magnet magnet = {
      .info_hash = check_hex(L, bt_engine_opt_field(L, 1, "info_hash", NULL), 40),
      .info_hash_v2 = check_hex(L, bt_engine_opt_field(L, 1, "info_hash_v2", NULL), 64),
      .name = bt_engine_check_field(L, 1, "name", NULL),
  };
  luaL_argcheck(L, magnet.info_hash || magnet.info_hash_v2, 1, "no info-hash");
  magnet.trackers = check_list_field(L, "trackers", &magnet.tracker_count);
  magnet.peers = check_list_field(L, "peers", &magnet.peer_count);
  magnet.web_seeds = check_list_field(L, "web_seeds", &magnet.web_seed_count);

  size_t length = bt_magnet_write(&magnet, NULL, 0);
  luaL_Buffer uri;
  char *room = luaL_buffinitsize(L, &uri, length + 1);
  bt_magnet_write(&magnet, room, length + 1);
  luaL_pushresultsize(&uri, length);
  return 1;
}

static int engine_piece_length(lua_State *L) {
  lua_Integer size = luaL_checkinteger(L, 1);
  luaL_argcheck(L, size >= 0, 1, "a size is not negative");
  lua_pushinteger(L, bt_torrent_piece_length((uint64_t)size));
  return 1;
}

void bt_engine_add_makers(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"make_torrent", engine_make_torrent},
      {"make_torrent_async", engine_make_torrent_async},
      {"magnet", engine_magnet},
      {"piece_length", engine_piece_length},
      {NULL, NULL},
  };
  luaL_newmetatable(L, torrent_type);
  lua_pushcfunction(L, free_torrent);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
