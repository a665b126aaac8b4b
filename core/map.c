// A map from byte strings to numbers: open addressing, at most half full.
#include "map.h"

#include <stdlib.h>
#include <string.h>

// FNV-1a, with the upper half folded in since only low bits choose a slot.
static uint64_t hash_of(const char *key, size_t length) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ (unsigned char)key[i]) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

static bt_map_slot *slot_of(const bt_map *map, const char *key, size_t length, uint64_t hash) {
  size_t mask = map->capacity - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    bt_map_slot *slot = &map->slots[i];
    if (!slot->key) return slot;
    if (slot->hash == hash && slot->length == length && memcmp(slot->key, key, length) == 0)
      return slot;
  }
}

static bool grow(bt_map *map) {
  size_t capacity = map->capacity ? map->capacity * 2 : 64;
  bt_map bigger = {calloc(capacity, sizeof *bigger.slots), capacity, map->count};
  if (!bigger.slots) return false;
  for (size_t i = 0; i < map->capacity; i++) {
    const bt_map_slot *old = &map->slots[i];
    if (old->key) *slot_of(&bigger, old->key, old->length, old->hash) = *old;
  }
  free(map->slots);
  *map = bigger;
  return true;
}

size_t *bt_map_put(bt_map *map, const char *key, size_t length, size_t value, bool *is_new) {
  if (map->count * 2 >= map->capacity && !grow(map)) return NULL;
  uint64_t hash = hash_of(key, length);
  bt_map_slot *slot = slot_of(map, key, length, hash);
  if (is_new) *is_new = !slot->key;
  if (!slot->key) {
    *slot = (bt_map_slot){key, length, hash, value};
    map->count++;
  }
  return &slot->value;
}

size_t *bt_map_find(const bt_map *map, const char *key, size_t length) {
  if (map->capacity == 0) return NULL;
  bt_map_slot *slot = slot_of(map, key, length, hash_of(key, length));
  return slot->key ? &slot->value : NULL;
}

void bt_map_clear(bt_map *map) {
  free(map->slots);
  *map = (bt_map){0};
}
