// JSON text under construction.
#include "json_text_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

void bt_json_text_begin(bt_json_text *text, lua_State *L, int slot, bool html) {
  if (!lua_isuserdata(L, slot)) {
    lua_newuserdatauv(L, 1024, 0);
    lua_replace(L, slot);
  }
  *text = (bt_json_text){
      .L = L,
      .slot = slot,
      .bytes = lua_touserdata(L, slot),
      .room = lua_rawlen(L, slot),
      .html = html,
  };
}

static char *reserve(bt_json_text *text, size_t length) {
  if (length > text->room - text->length) {
    size_t room = (text->length + length) * 2;
    char *bytes = lua_newuserdatauv(text->L, room, 0);
    memcpy(bytes, text->bytes, text->length);
    lua_replace(text->L, text->slot);
    text->bytes = bytes;
    text->room = room;
  }
  return text->bytes + text->length;
}

void bt_json_text_add(bt_json_text *text, const char *bytes, size_t length) {
  memcpy(reserve(text, length), bytes, length);
  text->length += length;
}

static bool is_plain(const bt_json_text *text, unsigned char byte) {
  if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') return false;
  return !text->html || (byte != '<' && byte != '>' && byte != '&');
}

static void add_escape(bt_json_text *text, unsigned number) {
  char escape[8];
  snprintf(escape, sizeof escape, "\\u%04x", number & 0xffff);
  bt_json_text_add(text, escape, 6);
}

static void add_ascii(bt_json_text *text, unsigned char byte) {
  static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt"; // byte, letter of its escape
  for (size_t i = 0; i + 1 < sizeof named; i += 2) {
    if (byte != (unsigned char)named[i]) continue;
    bt_json_text_add(text, (const char[]){'\\', named[i + 1]}, 2);
    return;
  }
  add_escape(text, byte);
}

// Adds one character that is not ASCII, or U+FFFD for one byte; returns how many it took.
static size_t add_wide(bt_json_text *text, const char *bytes, size_t left) {
  utf8proc_int32_t character;
  utf8proc_ssize_t taken =
      utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)left, &character);
  if (taken <= 0) {
    bt_json_text_add(text, "\xef\xbf\xbd", 3);
    return 1;
  }
  bool ends_script_lines = character == 0x2028 || character == 0x2029;
  if (text->html && ends_script_lines)
    add_escape(text, (unsigned)character);
  else
    bt_json_text_add(text, bytes, (size_t)taken);
  return (size_t)taken;
}

void bt_json_text_add_string(bt_json_text *text, const char *bytes, size_t length) {
  bt_json_text_add(text, "\"", 1);
  size_t at = 0;
  while (at < length) {
    size_t start = at;
    while (at < length && is_plain(text, (unsigned char)bytes[at]))
      at++;
    if (at > start) bt_json_text_add(text, bytes + start, at - start);
    if (at == length) break;
    if (bytes[at] & 0x80)
      at += add_wide(text, bytes + at, length - at);
    else
      add_ascii(text, (unsigned char)bytes[at++]);
  }
  bt_json_text_add(text, "\"", 1);
}

void bt_json_text_add_integer(bt_json_text *text, lua_Integer value) {
  text->length += (size_t)snprintf(reserve(text, 24), 24, "%lld", (long long)value);
}

void bt_json_text_add_float(bt_json_text *text, lua_Number value) {
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (strtod(digits, NULL) == value) break;
  }
  char *comma = strchr(digits, ','); // some locales have one
  if (comma) *comma = '.';
  bt_json_text_add(text, digits, strlen(digits));
  if (!strpbrk(digits, ".e")) bt_json_text_add(text, ".0", 2);
}
