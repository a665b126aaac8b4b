// Bencoding (BEP 3), strictly: read in place, after one pass has proved that the whole is well
// formed.
//
// Threads: free of state. Nothing is copied: all that is returned lies within the bytes given.
#ifndef BT_BENCODE_H
#define BT_BENCODE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *bytes;
  size_t length;
} bt_text;

// How deep lists and dictionaries may nest.
enum { BT_BENCODE_DEPTH = 128 };

// Whether `bytes` are one value and nothing else: lengths and integers without needless digits,
// integers of 64 bits, keys of dictionaries in ascending order and unlike, nesting bounded. Linear.
// BT_INVALID with the place where it is wrong.
bool bt_bencode_check(const char *bytes, size_t length, bt_error *error);

// The functions below walk over what has passed bt_bencode_check, from a place in it.

bool bt_bencode_is_text(const char *at);
bool bt_bencode_is_integer(const char *at);
bool bt_bencode_is_list(const char *at);
bool bt_bencode_is_dictionary(const char *at);

// Reads the value at `*at`, of that kind, and moves behind it.
bt_text bt_bencode_text(const char **at);
int64_t bt_bencode_integer(const char **at);

// Moves behind the value at `at`. Linear in its length.
const char *bt_bencode_skip(const char *at);

// Steps into the list or dictionary at `at`; then, before each element, says whether there is one.
// At the end `*at` is behind the whole. Elements of dictionaries are a text, the key, and a value.
const char *bt_bencode_enter(const char *at);
bool bt_bencode_more(const char **at);

#endif
