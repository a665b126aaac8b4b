// The safe walk and the watch below a shared folder.
//
// Everything is opened beneath the folder (beneath.h); only regular files are listed. A tree has a
// thread of its own for scans, started with the first one, and an inotify descriptor. It knows
// neither Lua nor a loop: `wake` says that bt_tree_next may have something, and the owner polls
// bt_tree_descriptor.
//
// Threads: all functions are for one thread, the owner's. `wake` is called on the scan's thread,
// never after bt_tree_close has returned, and may only wake. Closing does not wait: a scan that a
// dead disk holds ends by itself later.
#ifndef BT_TREE_H
#define BT_TREE_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct bt_tree bt_tree;

typedef struct {
  int watch_limit; // no more inotify watches than this; 0: as many as the kernel gives
  void (*wake)(void *context);
  void *context;
} bt_tree_options;

// Opens the folder `path` (absolute; its last component may be a symbolic link, resolved here
// once). The tree is the caller's, to close.
bt_tree *bt_tree_open(const char *path, const bt_tree_options *options, bt_error *error);

typedef struct {
  const char *path; // absolute, without symbolic links; borrowed until close
  uint64_t device, inode, filesystem;
  bool is_network; // NFS, CIFS, FUSE, 9p and their like
  int watches;     // in use
} bt_tree_info;

void bt_tree_get_info(bt_tree *tree, bt_tree_info *info);

// A scan -----------------------------------------------------------------------------------------

typedef struct {
  const char *const *names; // only these entries, single components; NULL: all
  size_t name_count;
  const char *const *ignore; // fnmatch(3) patterns of names to leave alone, silently
  size_t ignore_count;
  bool watch;    // watch every folder before it is read
  bool leases;   // find out whether somebody writes
  int depth;     // deepest level that is shared; an entry is level 1; at most bt_tree_most_depth
  void *context; // given back in batches
} bt_scan;

enum { bt_tree_most_depth = 256, bt_tree_most_skipped = 1000 };

// Queues a scan, everything in it copied; one runs after the other.
bool bt_tree_scan(bt_tree *tree, const bt_scan *scan, bt_error *error);

typedef enum { BT_ENTRY_FILE, BT_ENTRY_FOLDER, BT_ENTRY_SKIPPED, BT_ENTRY_ABSENT } bt_entry_kind;
typedef enum { BT_WRITERS_NONE, BT_WRITERS_SOME, BT_WRITERS_UNKNOWN } bt_writers;

// What is directly inside the folder.
typedef struct {
  char *name;
  bt_entry_kind kind;
  char *manifest;
  size_t manifest_length;
  char *folders; // in it, that bring no file, deepest ones alone: path, NUL; as often as there are
  size_t folders_length;
  uint64_t files, size;
  int64_t newest; // nanoseconds since 1970: latest mtime or ctime of a file or folder in it
  bt_writers writers;
  char *skipped; // path, NUL, reason, NUL; as often as skipped_count says
  size_t skipped_count;
  uint64_t skipped_more; // beyond bt_tree_most_skipped
  char reason[160];      // of a skipped entry
} bt_entry;

typedef struct bt_batch {
  void *context;     // the scan's
  bt_entry *entries; // in byte order of names, over all batches of a scan
  size_t count;
  bool is_last; // then without entries; `succeeded`, or `error`
  bool succeeded;
  bt_error error;
  struct bt_batch *next;
} bt_batch;

// The next batch, the caller's, to free with bt_batch_free; NULL when there is none. A scan that is
// far ahead of its owner waits.
bt_batch *bt_tree_next(bt_tree *tree);

void bt_batch_free(bt_batch *batch);

// The watch --------------------------------------------------------------------------------------

enum {
  BT_CHANGE_CREATED = 1,
  BT_CHANGE_MODIFIED = 2,
  BT_CHANGE_ATTRIBUTES = 4,
  BT_CHANGE_REMOVED = 8,
  BT_CHANGE_MOVED = 16,
  BT_CHANGE_CLOSED = 32,
};

typedef enum { BT_NOTICE_NONE, BT_NOTICE_OVERFLOW, BT_NOTICE_LIMIT, BT_NOTICE_GONE } bt_notice;

// Something happened to an entry, or, with a notice, to the whole folder.
typedef struct {
  bt_notice notice;
  const char *name; // "" is the folder itself; of a notice, its message
  unsigned flags;   // BT_CHANGE_…
} bt_change;

// To be polled for reading; -1 when the kernel gives no inotify instance.
int bt_tree_descriptor(const bt_tree *tree);

// Reads what has happened and gathers it. True when there is something to take.
bool bt_tree_gather(bt_tree *tree);

// As bt_tree_gather, with inotify events given instead of read: what a test can only say so.
bool bt_tree_digest(bt_tree *tree, const void *events, size_t length);

// Calls `each` with all that was gathered since the last time, one change an entry, in order of
// arrival; the change is borrowed during the call, which must not use the tree.
void bt_tree_take_changes(bt_tree *tree, void (*each)(void *context, const bt_change *change),
                          void *context);

// Ends scans and watch.
void bt_tree_close(bt_tree *tree);

#endif
