// JSON text under construction: a run of bytes that the Lua collector owns, and what goes into it.
//
// Threads: the loop's. Every function may raise for want of memory; nothing is lost then.
#ifndef BT_JSON_TEXT_LUA_H
#define BT_JSON_TEXT_LUA_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  lua_State *L;
  int slot; // of the stack, where the bytes are a userdata
  char *bytes;
  size_t length, room;
  bool html; // < > & are written as \u escapes, to be safe within a page
} bt_json_text;

// Begins an empty text in `slot`, whose bytes it takes where there is a userdata of an earlier
// text.
void bt_json_text_begin(bt_json_text *text, lua_State *L, int slot, bool html);

void bt_json_text_add(bt_json_text *text, const char *bytes, size_t length);

// A string in quotes (RFC 8259 §7), with U+FFFD for each byte that is not valid UTF-8.
void bt_json_text_add_string(bt_json_text *text, const char *bytes, size_t length);

void bt_json_text_add_integer(bt_json_text *text, lua_Integer value);

// The shortest decimal that reads back as `value`, recognizable as a float; it must be finite.
void bt_json_text_add_float(bt_json_text *text, lua_Number value);

#endif
