// A run of bytes that grows.
#include "bytes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool grow(bt_bytes *bytes, size_t needed) {
  size_t capacity = bytes->capacity ? bytes->capacity : 256;
  while (capacity < needed)
    capacity *= 2;
  char *data = realloc(bytes->data, capacity);
  if (!data) return false;
  bytes->data = data;
  bytes->capacity = capacity;
  return true;
}

char *bt_bytes_add(bt_bytes *bytes, size_t length) {
  bool too_long = length > SIZE_MAX / 4 - bytes->length;
  if (too_long ||
      (bytes->length + length > bytes->capacity && !grow(bytes, bytes->length + length))) {
    bytes->failed = true;
    return NULL;
  }
  char *place = bytes->data + bytes->length;
  bytes->length += length;
  return place;
}

void bt_bytes_add_text(bt_bytes *bytes, const char *text) {
  size_t length = strlen(text) + 1;
  char *place = bt_bytes_add(bytes, length);
  if (place) memcpy(place, text, length);
}

void bt_bytes_clear(bt_bytes *bytes) {
  free(bytes->data);
  *bytes = (bt_bytes){0};
}
