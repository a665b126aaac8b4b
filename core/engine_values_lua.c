// What the Lua faces of the engine share: lists and settings from tables, events to tables.
#include "engine_lua.h"

#include <lauxlib.h>
#include <string.h>

const char *const *bt_engine_check_list(lua_State *L, int index, size_t *count) {
  *count = 0;
  if (lua_isnil(L, index)) return NULL;
  luaL_checktype(L, index, LUA_TTABLE);
  index = lua_absindex(L, index);
  size_t length = lua_rawlen(L, index);
  const char **list = lua_newuserdatauv(L, (length + 1) * sizeof *list, 0);
  for (size_t i = 0; i < length; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
      luaL_error(L, "a list holds a %s where a string is needed", luaL_typename(L, -1));
    list[i] = lua_tostring(L, -1);
    lua_pop(L, 1); // the table keeps it
  }
  *count = length;
  return list;
}

static void read_setting(lua_State *L, int index, bt_setting *setting) {
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    setting->type = BT_SETTING_STRING;
    setting->string = lua_tostring(L, index);
    return;
  case LUA_TBOOLEAN:
    setting->type = BT_SETTING_BOOLEAN;
    setting->boolean = lua_toboolean(L, index);
    return;
  default:
    if (!lua_isinteger(L, index))
      luaL_error(L, "%s: a setting is a string, an integer or a boolean", setting->name);
    setting->type = BT_SETTING_INTEGER;
    setting->integer = lua_tointeger(L, index);
  }
}

bt_setting bt_engine_check_setting_at(lua_State *L, int index) {
  bt_setting setting = {.name = luaL_checkstring(L, index)};
  read_setting(L, index + 1, &setting);
  return setting;
}

const bt_setting *bt_engine_check_settings(lua_State *L, int index, size_t *count) {
  *count = 0;
  if (lua_isnil(L, index)) return NULL;
  luaL_checktype(L, index, LUA_TTABLE);
  index = lua_absindex(L, index);
  size_t length = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    length++;
  bt_setting *settings = lua_newuserdatauv(L, (length + 1) * sizeof *settings, 0);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "settings go by names");
    settings[*count] = (bt_setting){.name = lua_tostring(L, -2)};
    read_setting(L, -1, &settings[(*count)++]);
  }
  return settings;
}

const char *bt_engine_check_field(lua_State *L, int index, const char *name, size_t *length) {
  if (lua_getfield(L, index, name) != LUA_TSTRING)
    luaL_error(L, "%s: a string is needed, not a %s", name, luaL_typename(L, -1));
  return lua_tolstring(L, -1, length);
}

const char *bt_engine_opt_field(lua_State *L, int index, const char *name, const char *otherwise) {
  if (lua_getfield(L, index, name) == LUA_TNIL) return otherwise;
  lua_pop(L, 1);
  return bt_engine_check_field(L, index, name, NULL);
}

bool bt_engine_opt_flag(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  bool flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

static void set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

static void set_torrents(lua_State *L, const bt_event *event) {
  lua_createtable(L, (int)event->torrent_count, 0);
  for (size_t i = 0; i < event->torrent_count; i++) {
    const bt_torrent_progress *torrent = &event->torrents[i];
    lua_createtable(L, 0, 13);
    set_string(L, "info_hash", torrent->info_hash);
    set_string(L, "state", torrent->state);
    set_number(L, "progress", torrent->progress);
    set_integer(L, "up_rate", torrent->up_rate);
    set_integer(L, "down_rate", torrent->down_rate);
    set_integer(L, "uploaded", torrent->uploaded);
    set_integer(L, "peers", torrent->peers);
    set_integer(L, "seeds", torrent->seeds);
    set_integer(L, "web_seeds", torrent->web_seeds);
    set_integer(L, "known_peers", torrent->known_peers);
    set_integer(L, "wanted", torrent->wanted);
    set_integer(L, "done", torrent->done);
    set_integer(L, "downloaded", torrent->downloaded);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "torrents");
}

static void push_peer(lua_State *L, const bt_peer *peer) {
  lua_createtable(L, 0, 12);
  set_string(L, "address", peer->address);
  set_integer(L, "port", peer->port);
  if (*peer->id) set_string(L, "id", peer->id);
  lua_pushlstring(L, peer->client, peer->client_length);
  lua_setfield(L, -2, "client");
  set_number(L, "progress", peer->progress);
  set_integer(L, "up_rate", peer->up_rate);
  set_integer(L, "uploaded", peer->uploaded);
  set_integer(L, "downloaded", peer->downloaded);
  set_string(L, "encrypted", peer->encrypted);
  set_string(L, "protocol", peer->protocol);
  set_boolean(L, "incoming", peer->incoming);
  if (peer->bucket_count > 0) {
    lua_pushlstring(L, (const char *)peer->buckets, peer->bucket_count);
    lua_setfield(L, -2, "pieces");
  }
}

static void set_peers(lua_State *L, const bt_event *event) {
  lua_createtable(L, (int)event->peer_count, 0);
  for (size_t i = 0; i < event->peer_count; i++) {
    push_peer(L, &event->peers[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "peers");
}

static void set_blocks(lua_State *L, const char *name, const uint32_t *blocks, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushinteger(L, blocks[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void set_end(lua_State *L, const bt_event *event) {
  set_string(L, "reason", event->message);
  set_boolean(L, "became_seed", event->became_seed);
  set_boolean(L, "hung_up", event->hung_up);
  if (event->is_given_known) set_blocks(L, "given", event->given, event->given_count);
  if (event->is_lacking_known) set_blocks(L, "lacking", event->lacking, event->lacking_count);
  if (event->peer_count == 0) return;
  push_peer(L, event->peers);
  lua_setfield(L, -2, "peer");
}

static void set_files(lua_State *L, const bt_event *event) {
  lua_createtable(L, (int)event->file_count, 0);
  for (size_t i = 0; i < event->file_count; i++) {
    const bt_download_file *file = &event->files[i];
    lua_createtable(L, 0, 4);
    set_string(L, "path", file->path);
    set_integer(L, "size", file->size);
    set_integer(L, "done", file->done);
    set_boolean(L, "wanted", file->is_wanted);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "files");
}

static void set_stats(lua_State *L, const bt_event *event) {
  set_integer(L, "up_rate", event->up_rate);
  set_integer(L, "down_rate", event->down_rate);
  set_integer(L, "uploaded", event->uploaded);
  set_integer(L, "downloaded", event->downloaded);
  set_integer(L, "sent", event->sent);
  set_integer(L, "peers", event->peer_count);
}

static const char *type_name(bt_event_type type) {
  static const char *const names[] = {
      [BT_EVENT_LISTENING] = "listening",
      [BT_EVENT_LISTEN_FAILED] = "listen-failed",
      [BT_EVENT_ADDED] = "added",
      [BT_EVENT_ADD_FAILED] = "add-failed",
      [BT_EVENT_REMOVED] = "removed",
      [BT_EVENT_FILE_ERROR] = "file-error",
      [BT_EVENT_ERROR] = "error",
      [BT_EVENT_PEER_CONNECTED] = "peer-connected",
      [BT_EVENT_PEER_DISCONNECTED] = "peer-disconnected",
      [BT_EVENT_PROGRESS] = "progress",
      [BT_EVENT_STATS] = "stats",
      [BT_EVENT_PEERS] = "peers",
      [BT_EVENT_EXTERNAL_ADDRESS] = "external-address",
      [BT_EVENT_OVERFLOW] = "overflow",
      [BT_EVENT_METADATA] = "metadata",
      [BT_EVENT_CHECKED] = "checked",
      [BT_EVENT_FINISHED] = "finished",
      [BT_EVENT_FILES] = "files",
      [BT_EVENT_RESUME_DATA] = "resume-data",
      [BT_EVENT_RESUME_FAILED] = "resume-failed",
      [BT_EVENT_DOWNLOAD_ERROR] = "download-error",
  };
  return names[type];
}

void bt_engine_push_event(lua_State *L, const bt_event *event) {
  lua_createtable(L, 0, 8);
  set_string(L, "type", type_name(event->type));
  if (*event->info_hash) set_string(L, "info_hash", event->info_hash);
  if (*event->address) set_string(L, "address", event->address);
  if (event->port) set_integer(L, "port", event->port);
  if (event->protocol) set_string(L, "protocol", event->protocol);
  switch (event->type) {
  case BT_EVENT_PEER_CONNECTED:
    set_boolean(L, "incoming", event->incoming);
    break;
  case BT_EVENT_PEER_DISCONNECTED:
    set_end(L, event);
    break;
  case BT_EVENT_PROGRESS:
    set_torrents(L, event);
    break;
  case BT_EVENT_STATS:
    set_stats(L, event);
    break;
  case BT_EVENT_PEERS:
    set_peers(L, event);
    break;
  case BT_EVENT_FILE_ERROR:
    set_string(L, "path", event->path);
    set_string(L, "message", event->message);
    break;
  case BT_EVENT_METADATA:
    set_string(L, "name", event->message);
    set_boolean(L, "private", event->is_private);
    set_files(L, event);
    break;
  case BT_EVENT_FILES:
    set_files(L, event);
    break;
  case BT_EVENT_RESUME_DATA:
    lua_pushlstring(L, event->data, event->data_length);
    lua_setfield(L, -2, "data");
    break;
  case BT_EVENT_DOWNLOAD_ERROR:
    set_string(L, "path", event->path);
    set_string(L, "message", event->message);
    set_string(L, "code", bt_code_name(event->code));
    break;
  default:
    if (*event->message) set_string(L, "message", event->message);
  }
}

void bt_engine_push_setting(lua_State *L, const bt_setting *setting) {
  switch (setting->type) {
  case BT_SETTING_STRING:
    lua_pushstring(L, setting->string);
    break;
  case BT_SETTING_INTEGER:
    lua_pushinteger(L, setting->integer);
    break;
  case BT_SETTING_BOOLEAN:
    lua_pushboolean(L, setting->boolean);
    break;
  }
}
