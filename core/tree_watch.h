// inotify watches of one shared folder: which watch belongs to which entry, and what has changed.
//
// Threads: add, sweep and tell_limit are called by the scan's thread, the rest by the owner's; a
// lock inside covers both.
#ifndef BT_TREE_WATCH_H
#define BT_TREE_WATCH_H

#include "tree.h"

typedef struct bt_watch bt_watch;

// `path` names the folder in notices; copied. `limit` as in bt_tree_options. NULL when there is no
// memory; without an inotify instance the watch is made all the same, and adding to it fails.
bt_watch *bt_watch_open(const char *path, int limit);
void bt_watch_close(bt_watch *watch);

int bt_watch_descriptor(const bt_watch *watch);
int bt_watch_count(bt_watch *watch);

// Watches the folder open as `fd` for the entry `name`, or for the root itself where `name` is
// NULL. A folder that is watched already is moved to `name` and `generation`. False when the limit
// is reached: then a notice is gathered, once until bt_watch_sweep has found all well.
bool bt_watch_add(bt_watch *watch, int fd, const char *name, uint64_t generation);

// After a scan of `names` (sorted; NULL: of all): drops the watches that are for these entries and
// were not added again with `generation`, as their folders are not there any more.
void bt_watch_sweep(bt_watch *watch, const char *const *names, size_t count, uint64_t generation);

bool bt_watch_gather(bt_watch *watch);
bool bt_watch_digest(bt_watch *watch, const void *events, size_t length);
void bt_watch_take(bt_watch *watch, void (*each)(void *context, const bt_change *change),
                   void *context);
bool bt_watch_has_changes(bt_watch *watch);

#endif
