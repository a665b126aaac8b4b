// A set of changes that are being gathered: one an entry, in order of arrival.
//
// Threads: belongs to one thread at a time.
#ifndef BT_TREE_CHANGES_H
#define BT_TREE_CHANGES_H

#include "map.h"
#include "tree.h"

typedef struct {
  bt_notice notice;
  unsigned flags;
  char *text; // name or message, owned
} bt_gathered;

// Starts as {0}.
typedef struct {
  bt_gathered *items;
  size_t count, room;
  bt_map names;     // entry → index of its change
  unsigned notices; // 1 << notice: there already
} bt_changes;

// Adds `flags` to what is known of the entry `name`. Where memory is lacking, an overflow is
// noted instead, if that can be.
void bt_changes_add(bt_changes *changes, const char *name, unsigned flags);

// Adds a notice, unless there is one of its kind.
void bt_changes_add_notice(bt_changes *changes, bt_notice notice, const char *message);

void bt_changes_each(const bt_changes *changes,
                     void (*each)(void *context, const bt_change *change), void *context);

void bt_changes_clear(bt_changes *changes);

#endif
