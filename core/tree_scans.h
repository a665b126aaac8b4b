// A scan that waits for its turn, in one block of memory.
#ifndef BT_TREE_SCANS_H
#define BT_TREE_SCANS_H

#include "tree.h"

typedef struct bt_queued_scan {
  bt_scan values; // pointing into the block; names sorted, each once
  uint64_t id;
  bt_batch *last_batch; // made ahead, so that the end can be told without memory
  struct bt_queued_scan *next;
} bt_queued_scan;

// Copies `scan`; to free with free() and last_batch apart. NULL when there is no memory.
bt_queued_scan *bt_queued_scan_make(const bt_scan *scan);

#endif
