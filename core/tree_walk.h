// The walk of one scan: entries, their files, and what cannot be shared.
//
// Threads: one walk belongs to one thread. Iterative, with one open folder a level.
#ifndef BT_TREE_WALK_H
#define BT_TREE_WALK_H

#include "tree.h"
#include "tree_names.h"
#include "tree_watch.h"

typedef struct {
  int root;            // as bt_beneath_root gives it
  uint64_t mount;      // what it is mounted from, see bt_walk_mount
  bt_names names;      // only these, sorted; items NULL: all
  bt_names ignore;     // without .btignore, which the walk reads
  bt_watch *watch;     // NULL: do not watch
  uint64_t generation; // of the scan, for the watch
  bool leases;
  int depth;
  // Takes over the entry's memory. False stops the walk.
  bool (*deliver)(void *context, bt_entry *entry);
  bool (*is_stopped)(void *context);
  void *context;
} bt_walk;

// Walks and delivers in byte order of names. False with `error` filled when the root cannot be
// read or memory is lacking; a walk that was stopped succeeds.
bool bt_walk_run(const bt_walk *walk, bt_error *error);

// The mount that `fd` lies on: statx(2) STATX_MNT_ID, or its device on kernels before 5.8.
bool bt_walk_mount(int fd, uint64_t *mount);

void bt_entry_clear(bt_entry *entry);

#endif
