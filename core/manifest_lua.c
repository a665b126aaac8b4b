// core.manifest: packed manifests, as Lua asks about them.
#include "manifest.h"
#include "modules.h"

#include <lauxlib.h>

static const char *check_manifest(lua_State *L, int index, size_t *length, uint64_t *files,
                                  uint64_t *size) {
  bt_error error;
  const char *bytes = luaL_checklstring(L, index, length);
  if (!bt_manifest_check(bytes, *length, files, size, &error))
    luaL_argerror(L, index, error.message);
  return bytes;
}

static int manifest_measure(lua_State *L) {
  size_t length;
  uint64_t files, size;
  check_manifest(L, 1, &length, &files, &size);
  lua_pushinteger(L, (lua_Integer)files);
  lua_pushinteger(L, (lua_Integer)size);
  return 2;
}

static int push_file(lua_State *L, const bt_file *file) {
  lua_pushlstring(L, file->path, file->path_length);
  lua_pushinteger(L, (lua_Integer)file->size);
  lua_pushinteger(L, file->mtime_ns);
  lua_pushinteger(L, file->ctime_ns);
  lua_pushinteger(L, (lua_Integer)file->inode);
  return 5;
}

// Upvalues: the packed string, the position in it, the index of the file before.
static int next_file(lua_State *L) {
  bt_manifest_reader reader = {0};
  bt_file file;
  reader.bytes = lua_tolstring(L, lua_upvalueindex(1), &reader.length);
  reader.position = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  if (!bt_manifest_next(&reader, &file)) return 0;
  lua_Integer index = lua_tointeger(L, lua_upvalueindex(3)) + 1;
  lua_pushinteger(L, (lua_Integer)reader.position);
  lua_replace(L, lua_upvalueindex(2));
  lua_pushinteger(L, index);
  lua_replace(L, lua_upvalueindex(3));
  lua_pushinteger(L, index);
  return 1 + push_file(L, &file);
}

static int manifest_each(lua_State *L) {
  size_t length;
  check_manifest(L, 1, &length, NULL, NULL);
  lua_settop(L, 1);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_file, 3);
  return 1;
}

static int manifest_get(lua_State *L) {
  bt_manifest_reader reader = {0};
  reader.bytes = luaL_checklstring(L, 1, &reader.length);
  lua_Integer index = luaL_checkinteger(L, 2);
  bt_file file;
  while (index > 0 && bt_manifest_next(&reader, &file))
    if (--index == 0) return push_file(L, &file);
  lua_pushnil(L);
  return 1;
}

static int manifest_arrange(lua_State *L) {
  size_t old_length, new_length;
  const char *old_bytes = check_manifest(L, 1, &old_length, NULL, NULL);
  const char *new_bytes = check_manifest(L, 2, &new_length, NULL, NULL);
  luaL_Buffer buffer;
  char *arranged = luaL_buffinitsize(L, &buffer, new_length);
  bt_manifest_difference difference;
  if (!bt_manifest_arrange(old_bytes, old_length, new_bytes, new_length, arranged, &difference))
    return luaL_error(L, "manifest: no memory");
  luaL_pushresultsize(&buffer, new_length);
  lua_pushboolean(L, difference.unchanged);
  lua_pushboolean(L, difference.same_content);
  return 3;
}

int luaopen_core_manifest(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"measure", manifest_measure},
      {"each", manifest_each},
      {"get", manifest_get},
      {"arrange", manifest_arrange},
      {NULL, NULL},
  };
  luaL_newlib(L, functions);
  return 1;
}
