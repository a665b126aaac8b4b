// Which names are shared.
#include "tree_names.h"

#include "buffer.h"
#include "map.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { longest_name = 240 }; // bytes; leaves room for what clients add, such as ".part"

bool bt_name_is_ignored(const char *name, const bt_names *patterns) {
  if (name[0] == '.') return true;
  for (size_t i = 0; i < patterns->count; i++)
    if (fnmatch(patterns->items[i], name, 0) == 0) return true;
  return false;
}

static bool is_control(utf8proc_int32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

// libtorrent takes these out of names, so that "exe.gpj" cannot be shown as "jpg.exe".
static bool turns_writing(utf8proc_int32_t character) {
  return character == 0x200e || character == 0x200f ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

const char *bt_name_problem(const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < length;) {
    utf8proc_int32_t character = (unsigned char)name[i];
    utf8proc_ssize_t used = 1;
    if (character >= 0x80)
      used = utf8proc_iterate((const utf8proc_uint8_t *)name + i, (utf8proc_ssize_t)(length - i),
                              &character);
    if (used < 1) return "name is not valid UTF-8";
    if (is_control(character)) return "name has a control character";
    if (turns_writing(character)) return "name has a character that turns the direction of writing";
    if (character == '\\') return "name has a backslash";
    i += (size_t)used;
  }
  if (length > longest_name) return "name is longer than 240 bytes";
  if (name[length - 1] == '.') return "name ends with a dot";
  if (name[length - 1] == ' ') return "name ends with a space";
  return NULL;
}

// Names with the same key collide. ASCII is folded here, as it is nearly always all there is.
static bool add_key(bt_buffer *keys, const char *name) {
  size_t length = strlen(name);
  char *place = bt_buffer_add(keys, length + 1);
  if (!place) return false;
  bool is_ascii = true;
  for (size_t i = 0; i <= length; i++) {
    char byte = name[i];
    is_ascii = is_ascii && (unsigned char)byte < 0x80;
    place[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte;
  }
  if (is_ascii) return true;
  keys->length -= length + 1;
  const utf8proc_option_t options =
      UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
  utf8proc_uint8_t *folded = NULL;
  bool is_valid = utf8proc_map((const utf8proc_uint8_t *)name, 0, &folded, options) >= 0;
  bt_buffer_add_text(keys, is_valid ? (const char *)folded : name);
  free(folded);
  return !keys->failed;
}

bool bt_names_find_collisions(const char *const *names, size_t count, size_t *collides) {
  bt_buffer keys = {0};
  bt_map seen = {0};
  bool succeeded = true;
  for (size_t i = 0; succeeded && i < count; i++)
    succeeded = add_key(&keys, names[i]);
  const char *key = keys.data; // it does not move any more
  for (size_t i = 0; succeeded && i < count; i++) {
    size_t length = strlen(key);
    const size_t *first = bt_map_put(&seen, key, length, i, NULL);
    if (first) collides[i] = *first;
    succeeded = first != NULL;
    key += length + 1;
  }
  bt_map_clear(&seen);
  bt_buffer_clear(&keys);
  return succeeded;
}
