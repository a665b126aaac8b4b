// A set of changes that are being gathered.
#include "tree_changes.h"

#include <stdlib.h>
#include <string.h>

static bt_gathered *append(bt_changes *changes, bt_notice notice, const char *text) {
  if (changes->count == changes->room) {
    size_t room = changes->room ? changes->room * 2 : 16;
    bt_gathered *items = realloc(changes->items, room * sizeof *items);
    if (!items) return NULL;
    changes->items = items;
    changes->room = room;
  }
  char *copy = strdup(text);
  if (!copy) return NULL;
  bt_gathered *added = &changes->items[changes->count++];
  *added = (bt_gathered){notice, 0, copy};
  return added;
}

void bt_changes_add(bt_changes *changes, const char *name, unsigned flags) {
  size_t length = strlen(name);
  const size_t *index = bt_map_find(&changes->names, name, length);
  bt_gathered *change = index ? &changes->items[*index] : append(changes, BT_NOTICE_NONE, name);
  if (change) change->flags |= flags;
  if (index) return;
  if (!change || !bt_map_put(&changes->names, change->text, length, changes->count - 1, NULL))
    bt_changes_add_notice(changes, BT_NOTICE_OVERFLOW, "no memory to note all changes");
}

void bt_changes_add_notice(bt_changes *changes, bt_notice notice, const char *message) {
  if (changes->notices & 1u << notice) return;
  if (append(changes, notice, message)) changes->notices |= 1u << notice;
}

void bt_changes_each(const bt_changes *changes,
                     void (*each)(void *context, const bt_change *change), void *context) {
  for (size_t i = 0; i < changes->count; i++) {
    const bt_gathered *item = &changes->items[i];
    bt_change change = {item->notice, item->text, item->flags};
    each(context, &change);
  }
}

void bt_changes_clear(bt_changes *changes) {
  for (size_t i = 0; i < changes->count; i++)
    free(changes->items[i].text);
  free(changes->items);
  bt_map_clear(&changes->names);
  *changes = (bt_changes){0};
}
