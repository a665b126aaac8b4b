// A reply table becomes an answer.
//
// The answer lives in a userdata while values are checked, so that an error frees it.
#include "http_lua.h"

#include <lauxlib.h>
#include <string.h>

static const char type_name[] = "core.http.Answer";

static int answer_collect(lua_State *L) {
  bt_http_answer **box = luaL_checkudata(L, 1, type_name);
  bt_http_answer_free(*box);
  *box = NULL;
  return 0;
}

static bt_http_answer *make_answer(lua_State *L, unsigned status, bt_http_answer ***box) {
  *box = lua_newuserdatauv(L, sizeof **box, 0);
  **box = NULL;
  if (luaL_newmetatable(L, type_name)) {
    lua_pushcfunction(L, answer_collect);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  **box = bt_http_answer_new(status);
  if (!**box) luaL_error(L, "http: no memory");
  return **box;
}

static void need(lua_State *L, bool added) {
  if (!added) luaL_error(L, "http: no memory");
}

// What the listener itself says of a message.
static bool is_ours(const char *name) {
  static const char *const ours[] = {"content-length", "transfer-encoding", "connection", "date",
                                     NULL};
  for (const char *const *one = ours; *one; one++)
    if (strcasecmp(*one, name) == 0) return true;
  return false;
}

// The name is at `name`, the value on top. False when it may not be sent.
static bool add_field(lua_State *L, bt_http_answer *answer, int name) {
  size_t name_length, value_length;
  const char *name_text = lua_tolstring(L, name, &name_length);
  if (is_ours(name_text)) luaL_error(L, "reply: %s is not for handlers to set", name_text);
  if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER)
    luaL_error(L, "reply: header %s: a string expected", name_text);
  const char *value = lua_tolstring(L, -1, &value_length);
  return bt_http_answer_field(answer, name_text, name_length, value, value_length);
}

static bool add_fields(lua_State *L, bt_http_answer *answer, int reply) {
  bool sendable = true;
  if (lua_getfield(L, reply, "headers") == LUA_TNIL) return true;
  luaL_checktype(L, -1, LUA_TTABLE);
  int headers = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, headers)) { // name value
    int name = headers + 1;
    if (lua_type(L, name) != LUA_TSTRING) luaL_error(L, "reply: header names must be strings");
    if (!lua_istable(L, -1)) {
      sendable = add_field(L, answer, name) && sendable;
      lua_pop(L, 1);
      continue;
    }
    for (lua_Integer i = 1; lua_rawgeti(L, name + 1, i) != LUA_TNIL; i++) { // name values value
      sendable = add_field(L, answer, name) && sendable;
      lua_pop(L, 1);
    }
    lua_settop(L, name);
  }
  lua_pop(L, 1);
  return sendable;
}

static lua_Integer read_integer(lua_State *L, int table, const char *key, bool is_optional,
                                lua_Integer otherwise) {
  int is_integer = 1;
  int type = lua_getfield(L, table, key);
  lua_Integer value = type == LUA_TNIL ? otherwise : lua_tointegerx(L, -1, &is_integer);
  if (!is_integer || (type == LUA_TNIL && !is_optional))
    luaL_error(L, "reply: %s: an integer expected", key);
  lua_pop(L, 1);
  return value;
}

static const char *read_path(lua_State *L, int table, const char *key, size_t *length) {
  if (lua_getfield(L, table, key) != LUA_TSTRING)
    luaL_error(L, "reply: %s: a string expected", key);
  const char *path = lua_tolstring(L, -1, length);
  if (strlen(path) != *length) luaL_error(L, "reply: %s: NUL in a path", key);
  return path; // stays on the stack
}

static void add_file(lua_State *L, bt_http_answer *answer, int table) {
  lua_Integer size = read_integer(L, table, "size", false, 0);
  lua_Integer offset = read_integer(L, table, "offset", true, 0);
  lua_Integer length = read_integer(L, table, "length", true, size - offset);
  if (size < 0 || offset < 0 || length < 0 || offset > size || length > size - offset)
    luaL_error(L, "reply: range %I+%I is not within a file of %I bytes", offset, length, size);
  bt_file file = {
      .size = (uint64_t)size,
      .mtime_ns = read_integer(L, table, "mtime_ns", false, 0),
      .ctime_ns = read_integer(L, table, "ctime_ns", false, 0),
      .inode = (uint64_t)read_integer(L, table, "inode", false, 0),
  };
  size_t root_length;
  const char *root = read_path(L, table, "root", &root_length);
  file.path = read_path(L, table, "path", &file.path_length);
  need(L, bt_http_answer_file(answer, root, &file, (uint64_t)offset, (uint64_t)length));
  lua_pop(L, 2);
}

static void add_part(lua_State *L, bt_http_answer *answer) {
  size_t length;
  switch (lua_type(L, -1)) {
  case LUA_TSTRING: {
    const char *bytes = lua_tolstring(L, -1, &length);
    need(L, bt_http_answer_bytes(answer, bytes, length));
    break;
  }
  case LUA_TTABLE:
    add_file(L, answer, lua_gettop(L));
    break;
  default:
    luaL_error(L, "reply: a part is a string or a file, not a %s", luaL_typename(L, -1));
  }
}

static void add_body(lua_State *L, bt_http_answer *answer, int reply) {
  int type = lua_getfield(L, reply, "body");
  if (type == LUA_TUSERDATA) {
    bt_http_answer_body(answer, bt_http_take_body(L, lua_gettop(L)));
  } else if (type == LUA_TTABLE) {
    int parts = lua_gettop(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, parts);
    for (lua_Integer i = 1; i <= count; i++) {
      lua_rawgeti(L, parts, i);
      add_part(L, answer);
      lua_pop(L, 1);
    }
  } else if (type != LUA_TNIL) {
    add_part(L, answer);
  }
  lua_pop(L, 1);
}

static bt_http_answer *check_answer(lua_State *L, int index, bool is_inner);

// What is answered instead when a file has gone: a reply of bytes within the reply.
static void add_gone(lua_State *L, bt_http_answer *answer, int reply) {
  int top = lua_gettop(L);
  if (lua_getfield(L, reply, "gone") != LUA_TNIL) {
    luaL_checktype(L, top + 1, LUA_TTABLE);
    if (lua_getfield(L, top + 1, "body") != LUA_TSTRING)
      luaL_error(L, "reply: gone: body: a string expected");
    bt_http_answer_gone(answer, check_answer(L, top + 1, true));
  }
  lua_settop(L, top);
}

static bt_http_answer *check_answer(lua_State *L, int index, bool is_inner) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Integer status = read_integer(L, index, "status", false, 0);
  if (status < 200 || status > 599) luaL_error(L, "reply: status %I is not one to send", status);
  lua_Integer rate = read_integer(L, index, "rate", true, 0);
  if (rate < 0) luaL_error(L, "reply: rate is negative");
  bt_http_answer **box;
  bt_http_answer *answer = make_answer(L, (unsigned)status, &box);
  if (add_fields(L, answer, index)) {
    add_body(L, answer, index);
    lua_Integer length = read_integer(L, index, "length", true, -1);
    if (length >= 0) bt_http_answer_length(answer, (uint64_t)length);
  } else { // a value that would have split the response
    bt_http_answer_free(answer);
    *box = NULL;
    answer = *box = bt_http_answer_new(500);
    need(L, answer && bt_http_answer_bytes(answer, "failed\n", 7));
  }
  if (!is_inner) add_gone(L, answer, index);
  lua_getfield(L, index, "stream");
  if (lua_toboolean(L, -1) && bt_http_answer_has_files(answer))
    luaL_error(L, "reply: a stream holds no files");
  if (lua_toboolean(L, -1)) bt_http_answer_stream(answer);
  lua_pop(L, 1);
  lua_getfield(L, index, "close");
  if (lua_toboolean(L, -1)) bt_http_answer_close(answer);
  bt_http_answer_rate(answer, (uint64_t)rate);
  lua_pop(L, 2);
  *box = NULL;
  return answer;
}

bt_http_answer *bt_http_check_answer(lua_State *L, int index) {
  return check_answer(L, index, false);
}
