// A run of bytes that grows.
#include "buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool grow(bt_buffer *bytes, size_t needed) {
  size_t capacity = bytes->capacity ? bytes->capacity : 256;
  while (capacity < needed)
    capacity *= 2;
  char *data = realloc(bytes->data, capacity);
  if (!data) return false;
  bytes->data = data;
  bytes->capacity = capacity;
  return true;
}

char *bt_buffer_add(bt_buffer *bytes, size_t length) {
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

void bt_buffer_add_text(bt_buffer *bytes, const char *text) {
  size_t length = strlen(text) + 1;
  char *place = bt_buffer_add(bytes, length);
  if (place) memcpy(place, text, length);
}

void bt_buffer_clear(bt_buffer *bytes) {
  free(bytes->data);
  *bytes = (bt_buffer){0};
}
