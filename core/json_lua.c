// core.json: reading by jansson, and the module.
#include "json_lua.h"

#include "host.h"
#include "modules.h"

#include <jansson.h>
#include <lauxlib.h>
#include <stdbool.h>

#define DOCUMENT "btshare.json.document"
#define MARK "btshare.json.array"

void bt_json_push_mark(lua_State *L) {
  luaL_newmetatable(L, MARK);
}

static int json_array_of(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  bt_json_push_mark(L);
  lua_setmetatable(L, 1);
  return 1;
}

static int document_free(lua_State *L) {
  json_t **box = luaL_checkudata(L, 1, DOCUMENT);
  json_decref(*box);
  *box = NULL;
  return 0;
}

// Pushes a box in which the collector owns a document.
static json_t **push_box(lua_State *L) {
  json_t **box = lua_newuserdatauv(L, sizeof(json_t *), 0);
  *box = NULL;
  if (luaL_newmetatable(L, DOCUMENT)) {
    lua_pushcfunction(L, document_free);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

static bool push_value(lua_State *L, json_t *value, int mark, int depth);

static bool push_array(lua_State *L, json_t *array, int mark, int depth) {
  size_t count = json_array_size(array);
  lua_createtable(L, count < INT_MAX ? (int)count : 0, 0);
  lua_pushvalue(L, mark);
  lua_setmetatable(L, -2);
  for (size_t i = 0; i < count; i++) {
    if (!push_value(L, json_array_get(array, i), mark, depth)) return false;
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return true;
}

static bool push_object(lua_State *L, json_t *object, int mark, int depth) {
  lua_createtable(L, 0, (int)json_object_size(object));
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    lua_pushstring(L, key);
    if (!push_value(L, value, mark, depth)) return false;
    lua_rawset(L, -3);
  }
  return true;
}

// Pushes the value; false where it is nested too deeply, with something on the stack all the same.
static bool push_value(lua_State *L, json_t *value, int mark, int depth) {
  luaL_checkstack(L, 4, "json");
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    return depth < bt_json_depth && push_object(L, value, mark, depth + 1);
  case JSON_ARRAY:
    return depth < bt_json_depth && push_array(L, value, mark, depth + 1);
  case JSON_STRING:
    lua_pushlstring(L, json_string_value(value), json_string_length(value));
    return true;
  case JSON_INTEGER:
    lua_pushinteger(L, json_integer_value(value));
    return true;
  case JSON_REAL:
    lua_pushnumber(L, json_real_value(value));
    return true;
  case JSON_NULL:
    lua_pushlightuserdata(L, NULL);
    return true;
  default:
    lua_pushboolean(L, json_is_true(value));
    return true;
  }
}

int bt_json_decode(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  json_t **box = push_box(L);
  bt_json_push_mark(L);
  int mark = lua_gettop(L);

  bt_error error;
  json_error_t fault;
  *box =
      json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
  if (!*box) {
    bt_fail(&error, BT_INVALID, "json: line %d, column %d: %s", fault.line, fault.column,
            fault.text);
    return bt_host_fail(L, &error);
  }
  if (push_value(L, *box, mark, 0)) return 1;
  bt_fail(&error, BT_INVALID, "json: nested deeper than %d", bt_json_depth);
  return bt_host_fail(L, &error);
}

int luaopen_core_json(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"array", json_array_of},
      {"decode", bt_json_decode},
      {NULL, NULL},
  };
  luaL_newlib(L, functions);
  for (int i = 0; i < bt_json_scratches; i++)
    lua_pushnil(L);
  lua_pushcclosure(L, bt_json_encode, bt_json_scratches);
  lua_setfield(L, -2, "encode");
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
  return 1;
}
