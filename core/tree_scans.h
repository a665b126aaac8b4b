// Scans that wait for their turn, and batches of what they found.
#ifndef BT_TREE_SCANS_H
#define BT_TREE_SCANS_H

#include "tree.h"

// A scan in one block of memory.
typedef struct bt_queued_scan {
  bt_scan values; // pointing into the block; names sorted, each once
  uint64_t id;
  bt_batch *last_batch; // made ahead, so that the end can be told without memory
  struct bt_queued_scan *next;
} bt_queued_scan;

// Copies `scan`; to free with free() and last_batch apart. NULL when there is no memory.
bt_queued_scan *bt_queued_scan_make(const bt_scan *scan);

// An empty batch with room for `room` entries, to free with bt_batch_free. NULL when there is no
// memory.
bt_batch *bt_batch_make(void *context, size_t room);

// Finds out what the folder open as `root` is. `path` is how it was opened; `resolved` (PATH_MAX
// bytes) gets where it is, and is what info->path borrows.
bool bt_tree_describe(int root, const char *path, char *resolved, bt_tree_info *info,
                      uint64_t *mount, bt_error *error);

#endif
