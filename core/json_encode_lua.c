// core.json: writing, straight from Lua's tables, with no tree in between.
#include "json_lua.h"
#include "json_text_lua.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A key that an object has; borrowed from the table, which nothing changes meanwhile.
typedef struct {
  const char *bytes;
  size_t length;
} key;

// The arguments and what is built, by slot of the stack.
enum { slot_value = 1, slot_options, slot_text, slot_keys, slot_mark };

enum { largest_scratch = 16 * 1024 }; // bytes that are kept from one call to the next

typedef struct {
  lua_State *L;
  bt_json_text text;
  int indent; // spaces a level, 0 for one line
  key *keys;  // of all objects that are open, the innermost last; a userdata in slot_keys
  size_t key_count, key_room;
} encoder;

typedef struct {
  size_t strings;       // keys, the last of encoder.keys
  lua_Integer integers; // keys
  lua_Integer largest;
} table_shape;

static void add_key(encoder *e, const char *bytes, size_t length) {
  if (e->key_count == e->key_room) {
    size_t room = e->key_room * 2;
    key *keys = lua_newuserdatauv(e->L, room * sizeof *keys, 0);
    memcpy(keys, e->keys, e->key_count * sizeof *keys);
    lua_replace(e->L, slot_keys);
    e->keys = keys;
    e->key_room = room;
  }
  e->keys[e->key_count++] = (key){bytes, length};
}

// Looks at all keys of the table on top of the stack, and notes those that are strings.
static table_shape look_at(encoder *e) {
  lua_State *L = e->L;
  table_shape shape = {0, 0, 0};
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      size_t length;
      const char *bytes = lua_tolstring(L, -1, &length);
      add_key(e, bytes, length);
      shape.strings++;
    } else if (lua_isinteger(L, -1)) {
      lua_Integer number = lua_tointeger(L, -1);
      if (number > shape.largest) shape.largest = number;
      if (number >= 1) shape.integers++;
      if (number < 1) luaL_error(L, "json: %I is no place in an array", number);
    } else {
      luaL_error(L, "json: a key is a %s", luaL_typename(L, -1));
    }
  }
  return shape;
}

static int compare_keys(const void *a, const void *b) {
  const key *left = a, *right = b;
  size_t shorter = left->length < right->length ? left->length : right->length;
  int order = memcmp(left->bytes, right->bytes, shorter);
  if (order != 0) return order;
  return (left->length > right->length) - (left->length < right->length);
}

static void add_break(encoder *e, int depth) {
  if (e->indent == 0) return;
  bt_json_text_add(&e->text, "\n", 1);
  for (int i = 0; i < e->indent * depth; i++)
    bt_json_text_add(&e->text, " ", 1);
}

static void add_value(encoder *e, int depth);

// The table is on top of the stack, its keys are the last `count`.
static void add_object(encoder *e, size_t count, int depth) {
  size_t first = e->key_count - count;
  qsort(e->keys + first, count, sizeof *e->keys, compare_keys);
  bt_json_text_add(&e->text, "{", 1);
  for (size_t i = 0; i < count; i++) {
    key name = e->keys[first + i]; // a copy: deeper levels may move the keys
    if (i > 0) bt_json_text_add(&e->text, ",", 1);
    add_break(e, depth);
    bt_json_text_add_string(&e->text, name.bytes, name.length);
    bt_json_text_add(&e->text, ": ", e->indent > 0 ? 2 : 1);
    lua_pushlstring(e->L, name.bytes, name.length);
    lua_rawget(e->L, -2);
    add_value(e, depth);
    lua_pop(e->L, 1);
  }
  e->key_count = first;
  if (count > 0) add_break(e, depth - 1);
  bt_json_text_add(&e->text, "}", 1);
}

static void add_array(encoder *e, lua_Integer count, int depth) {
  bt_json_text_add(&e->text, "[", 1);
  for (lua_Integer i = 1; i <= count; i++) {
    if (i > 1) bt_json_text_add(&e->text, ",", 1);
    add_break(e, depth);
    lua_rawgeti(e->L, -1, i);
    add_value(e, depth);
    lua_pop(e->L, 1);
  }
  if (count > 0) add_break(e, depth - 1);
  bt_json_text_add(&e->text, "]", 1);
}

static bool is_marked(lua_State *L) {
  if (!lua_getmetatable(L, -1)) return false;
  bool is_array = lua_rawequal(L, -1, slot_mark);
  lua_pop(L, 1);
  return is_array;
}

static void add_table(encoder *e, int depth) {
  lua_State *L = e->L;
  if (depth == bt_json_depth) luaL_error(L, "json: nested deeper than %d", bt_json_depth);
  luaL_checkstack(L, 6, "json");
  table_shape shape = look_at(e);
  if (shape.strings > 0 && (shape.integers > 0 || is_marked(L)))
    luaL_error(L, "json: a table is both an array and an object");
  if (shape.integers != shape.largest) luaL_error(L, "json: an array has holes");
  if (shape.integers > 0 || is_marked(L))
    add_array(e, shape.integers, depth + 1);
  else
    add_object(e, shape.strings, depth + 1);
}

static void add_number(encoder *e) {
  if (lua_isinteger(e->L, -1)) {
    bt_json_text_add_integer(&e->text, lua_tointeger(e->L, -1));
    return;
  }
  lua_Number value = lua_tonumber(e->L, -1);
  if (!isfinite(value)) luaL_error(e->L, "json: no number: %f", value);
  bt_json_text_add_float(&e->text, value);
}

// Adds the value on top of the stack and leaves it there.
static void add_value(encoder *e, int depth) {
  lua_State *L = e->L;
  int type = lua_type(L, -1);
  if (type == LUA_TSTRING) {
    size_t length;
    const char *bytes = lua_tolstring(L, -1, &length);
    bt_json_text_add_string(&e->text, bytes, length);
  } else if (type == LUA_TNUMBER) {
    add_number(e);
  } else if (type == LUA_TBOOLEAN) {
    bool value = lua_toboolean(L, -1);
    bt_json_text_add(&e->text, value ? "true" : "false", value ? 4 : 5);
  } else if (type == LUA_TTABLE) {
    add_table(e, depth);
  } else if (type == LUA_TNIL || (type == LUA_TLIGHTUSERDATA && !lua_touserdata(L, -1))) {
    bt_json_text_add(&e->text, "null", 4);
  } else {
    luaL_error(L, "json: a value is a %s", luaL_typename(L, -1));
  }
}

static void read_options(lua_State *L, int *indent, bool *html) {
  *indent = 0;
  *html = false;
  if (lua_isnil(L, slot_options)) return;
  luaL_checktype(L, slot_options, LUA_TTABLE);
  if (lua_getfield(L, slot_options, "indent") != LUA_TNIL) {
    lua_Integer wanted = luaL_checkinteger(L, -1);
    luaL_argcheck(L, wanted >= 0 && wanted <= 16, slot_options, "indent is 0 to 16");
    *indent = (int)wanted;
  }
  lua_getfield(L, slot_options, "html");
  *html = lua_toboolean(L, -1);
  lua_pop(L, 2);
}

// Pushes what an earlier call left, to slot_text and slot_keys, and leaves nothing for a call
// within this one: the collector may run anything. What a call that fails has taken is made anew.
static void take_scratch(lua_State *L) {
  for (int i = 1; i <= bt_json_scratches; i++) {
    lua_pushvalue(L, lua_upvalueindex(i));
    lua_pushnil(L);
    lua_replace(L, lua_upvalueindex(i));
  }
  if (lua_isuserdata(L, slot_keys)) return;
  lua_newuserdatauv(L, 64 * sizeof(key), 0);
  lua_replace(L, slot_keys);
}

static void keep_scratch(lua_State *L) {
  for (int i = 1; i <= bt_json_scratches; i++) {
    int slot = i == 1 ? slot_text : slot_keys;
    if (lua_rawlen(L, slot) > largest_scratch) continue;
    lua_pushvalue(L, slot);
    lua_replace(L, lua_upvalueindex(i));
  }
}

int bt_json_encode(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, slot_options);
  encoder e = {.L = L};
  bool html;
  read_options(L, &e.indent, &html);
  take_scratch(L);
  bt_json_push_mark(L); // slot_mark
  bt_json_text_begin(&e.text, L, slot_text, html);
  e.keys = lua_touserdata(L, slot_keys);
  e.key_room = lua_rawlen(L, slot_keys) / sizeof *e.keys;
  lua_pushvalue(L, slot_value);
  add_value(&e, 0);
  lua_pushlstring(L, e.text.bytes, e.text.length);
  keep_scratch(L);
  return 1;
}
