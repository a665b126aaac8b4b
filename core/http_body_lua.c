// Bodies that Lua fills in several goes: an archive of 70,000 files is not one table.
#include "http_body.h"
#include "http_lua.h"

#include <lauxlib.h>
#include <string.h>

static const char type_name[] = "core.http.Body";

static bt_body *check_body(lua_State *L, int index) {
  bt_body **box = luaL_checkudata(L, index, type_name);
  luaL_argcheck(L, *box, index, "the body was given away");
  return *box;
}

static int body_collect(lua_State *L) {
  bt_body **box = luaL_checkudata(L, 1, type_name);
  bt_body_free(*box);
  *box = NULL;
  return 0;
}

static void need(lua_State *L, bool added) {
  if (!added) luaL_error(L, "http: no memory");
}

static int body_add_bytes(lua_State *L) {
  size_t length;
  bt_body *body = check_body(L, 1);
  const char *bytes = luaL_checklstring(L, 2, &length);
  need(L, bt_body_add_bytes(body, bytes, length));
  return 0;
}

static const char *check_path(lua_State *L, int index, size_t *length) {
  const char *path = luaL_checklstring(L, index, length);
  luaL_argcheck(L, strlen(path) == *length, index, "NUL in a path");
  return path;
}

static int body_add_file(lua_State *L) {
  bt_body *body = check_body(L, 1);
  size_t root_length;
  const char *root = check_path(L, 2, &root_length);
  bt_file file = {0};
  file.path = check_path(L, 3, &file.path_length);
  lua_Integer size = luaL_checkinteger(L, 4);
  file.size = (uint64_t)size;
  file.mtime_ns = luaL_checkinteger(L, 5);
  file.ctime_ns = luaL_checkinteger(L, 6);
  file.inode = (uint64_t)luaL_checkinteger(L, 7);
  lua_Integer offset = luaL_optinteger(L, 8, 0);
  luaL_argcheck(L, size >= 0, 4, "negative");
  luaL_argcheck(L, offset >= 0 && offset <= size, 8, "not within the file");
  lua_Integer length = luaL_optinteger(L, 9, size - offset);
  luaL_argcheck(L, length >= 0 && length <= size - offset, 9, "not within the file");
  need(L, bt_body_add_file(body, root, &file, (uint64_t)offset, (uint64_t)length));
  lua_pushinteger(L, (lua_Integer)bt_body_parts(body));
  return 1;
}

static int body_add_crc(lua_State *L) {
  bt_body *body = check_body(L, 1);
  lua_Integer part = luaL_checkinteger(L, 2);
  luaL_argcheck(L, part >= 1 && bt_body_add_crc(body, (size_t)part - 1), 2,
                "a part that is a whole file expected");
  return 0;
}

static int body_measure(lua_State *L) {
  bt_body *body = check_body(L, 1);
  lua_pushinteger(L, (lua_Integer)bt_body_length(body));
  lua_pushinteger(L, (lua_Integer)bt_body_parts(body));
  return 2;
}

bt_body *bt_http_take_body(lua_State *L, int index) {
  bt_body *body = check_body(L, index);
  bt_body **box = lua_touserdata(L, index);
  *box = NULL;
  return body;
}

int bt_http_new_body(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"add_bytes", body_add_bytes}, {"add_file", body_add_file}, {"add_crc", body_add_crc},
      {"measure", body_measure},     {"read", bt_http_read_body}, {NULL, NULL},
  };
  bt_body **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  if (luaL_newmetatable(L, type_name)) {
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, body_collect);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  *box = bt_body_new();
  need(L, *box);
  return 1;
}
