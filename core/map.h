// A map from byte strings to numbers, for finding one of 100,000 paths.
//
// Keys are borrowed: they must outlive the map. Nothing is ever removed. Threads: a map belongs to
// one thread at a time.
#ifndef BT_MAP_H
#define BT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char *key; // NULL: free
  size_t length;
  uint64_t hash;
  size_t value;
} bt_map_slot;

// Starts as {0}.
typedef struct {
  bt_map_slot *slots;
  size_t capacity; // a power of two, or 0
  size_t count;
} bt_map;

// Where the number of `key` is kept; a new key gets `value` and `*is_new` (which may be NULL) set.
// NULL when there is no memory. Valid until the next call.
size_t *bt_map_put(bt_map *map, const char *key, size_t length, size_t value, bool *is_new);

// Where the number of `key` is kept; NULL when it is not there.
size_t *bt_map_find(const bt_map *map, const char *key, size_t length);

// Frees and makes it {0} again.
void bt_map_clear(bt_map *map);

#ifdef __cplusplus
}
#endif

#endif
