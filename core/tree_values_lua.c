// What core.tree takes from Lua and gives to it.
#include "tree_lua.h"

#include <lauxlib.h>
#include <string.h>

static void set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_skipped(lua_State *L, const bt_entry *entry) {
  const char *at = entry->skipped;
  lua_createtable(L, (int)entry->skipped_count, 0);
  for (size_t i = 0; i < entry->skipped_count; i++) {
    lua_createtable(L, 0, 2);
    set_string(L, "path", at);
    at += strlen(at) + 1;
    set_string(L, "reason", at);
    at += strlen(at) + 1;
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "skipped");
}

void bt_tree_push_entry(lua_State *L, const bt_entry *entry) {
  static const char *const kinds[] = {"file", "folder", "skipped", "absent"};
  static const char *const writers[] = {"none", "some", "unknown"};
  lua_createtable(L, 0, 11);
  set_string(L, "name", entry->name);
  set_string(L, "kind", kinds[entry->kind]);
  lua_pushlstring(L, entry->manifest ? entry->manifest : "", entry->manifest_length);
  lua_setfield(L, -2, "manifest");
  if (entry->folders_length > 0) {
    lua_pushlstring(L, entry->folders, entry->folders_length);
    lua_setfield(L, -2, "folders");
  }
  set_integer(L, "files", entry->files);
  set_integer(L, "size", entry->size);
  set_integer(L, "newest", (uint64_t)entry->newest);
  set_string(L, "writers", writers[entry->writers]);
  if (entry->skipped_count > 0) set_skipped(L, entry);
  if (entry->skipped_more > 0) set_integer(L, "skipped_more", entry->skipped_more);
  if (entry->kind == BT_ENTRY_SKIPPED) set_string(L, "reason", entry->reason);
}

void bt_tree_push_change(void *context, const bt_change *change) {
  static const char *const notices[] = {NULL, "overflow", "limit", "gone"};
  static const char *const flags[] = {"created", "modified", "attributes",
                                      "removed", "moved",    "closed"};
  lua_State *L = context;
  lua_createtable(L, 0, 4);
  set_string(L, change->notice ? "message" : "name", change->name);
  if (change->notice) set_string(L, "notice", notices[change->notice]);
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (!(change->flags & 1u << i)) continue;
    lua_pushboolean(L, true);
    lua_setfield(L, -2, flags[i]);
  }
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

void bt_tree_push_info(lua_State *L, const bt_tree_info *info) {
  lua_createtable(L, 0, 6);
  set_string(L, "path", info->path);
  set_integer(L, "device", info->device);
  set_integer(L, "inode", info->inode);
  set_integer(L, "filesystem", info->filesystem);
  set_integer(L, "watches", (uint64_t)info->watches);
  lua_pushboolean(L, info->is_network);
  lua_setfield(L, -2, "network");
}

lua_Integer bt_tree_check_integer(lua_State *L, int table, const char *name, lua_Integer otherwise,
                                  lua_Integer most) {
  lua_Integer value = otherwise;
  if (lua_getfield(L, table, name) != LUA_TNIL) {
    int is_integer;
    value = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || value < 1 || value > most)
      luaL_error(L, "%s: must be a whole number from 1 to %d", name, (int)most);
  }
  lua_pop(L, 1);
  return value;
}

// Reads the list of strings in the field `name`; the array is a userdata left on the stack (or nil
// where there is no such field), the strings stay in the table.
static const char *const *check_list(lua_State *L, int table, const char *name, size_t *count) {
  *count = 0;
  if (lua_getfield(L, table, name) == LUA_TNIL) return NULL;
  luaL_checktype(L, -1, LUA_TTABLE);
  *count = lua_rawlen(L, -1);
  const char **items = lua_newuserdatauv(L, (*count + 1) * sizeof *items, 0); // list items
  for (size_t i = 0; i < *count; i++) {
    size_t length;
    if (lua_rawgeti(L, -2, (lua_Integer)i + 1) != LUA_TSTRING)
      luaL_error(L, "%s: must be a list of strings", name);
    items[i] = lua_tolstring(L, -1, &length);
    if (strlen(items[i]) != length) luaL_error(L, "%s: has a zero byte", name);
    lua_pop(L, 1);
  }
  return items;
}

static void check_components(lua_State *L, const bt_scan *scan) {
  for (size_t i = 0; i < scan->name_count; i++) {
    const char *name = scan->names[i];
    if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      luaL_error(L, "entries: \"%s\" is not a name directly inside the folder", name);
    if (strlen(name) > 255) luaL_error(L, "entries: a name is longer than 255 bytes");
  }
}

static bool check_flag(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

void bt_tree_check_scan(lua_State *L, int table, bt_scan *scan) {
  scan->watch = check_flag(L, table, "watch");
  scan->leases = check_flag(L, table, "leases");
  scan->depth = (int)bt_tree_check_integer(L, table, "depth", 32, bt_tree_most_depth);
  scan->names = check_list(L, table, "entries", &scan->name_count);
  scan->ignore = check_list(L, table, "ignore", &scan->ignore_count);
  check_components(L, scan);
}
