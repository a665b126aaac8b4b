// What a name in a folder is, by the kernel's word.
//
// Threads: free of state.
#ifndef BT_TREE_LOOK_H
#define BT_TREE_LOOK_H

#include "tree.h"

#include <sys/stat.h>

// The status of `name` in the open `folder`, links not followed, and the mount it lies on, as
// bt_walk_mount gives it. False with errno set.
bool bt_look(int folder, const char *name, struct statx *status, uint64_t *mount);

// Why something of this st_mode cannot be shared, in words; NULL for files and folders. Static.
const char *bt_look_problem(unsigned mode);

// Whether somebody has the file open for writing.
bt_writers bt_look_writers(int fd);

#endif
