// A run of bytes that grows, for what is built piece by piece on a thread without Lua.
//
// Running out of memory is remembered instead of reported by every call: build, then look at
// `failed` once. Threads: a value belongs to one thread at a time.
#ifndef BT_BUFFER_H
#define BT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

// Starts as {0}.
typedef struct {
  char *data;
  size_t length;
  size_t capacity;
  bool failed; // something could not be added
} bt_buffer;

// Makes room for `length` more bytes, counts them as there and returns where they are, to be
// written at once; NULL when there is no memory. The place is valid until the next call.
char *bt_buffer_add(bt_buffer *bytes, size_t length);

// Adds a copy of `text` with its terminator.
void bt_buffer_add_text(bt_buffer *bytes, const char *text);

// Frees and makes it {0} again.
void bt_buffer_clear(bt_buffer *bytes);

#endif
