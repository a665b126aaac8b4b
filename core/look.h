// Looking at what is beneath a folder: the content of a file, the names in a folder, what a path
// is.
//
// Nothing that a name or a race does leads out of the folder (beneath.h). Paths are relative; "."
// is the folder itself. Threads: free of state, any thread. Calls block as long as the file system
// does. Errors: BT_MISSING, BT_DENIED for a symbolic link or what may not be read, BT_INVALID for
// another kind of thing than is looked for, BT_FULL beyond the limit.
#ifndef BT_LOOK_H
#define BT_LOOK_H

#include "buffer.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { BT_LOOK_FILE, BT_LOOK_FOLDER, BT_LOOK_OTHER } bt_look_kind;

typedef struct {
  bt_look_kind kind;
  uint64_t size;    // bytes
  int64_t modified; // seconds since 1970
} bt_look_facts;

// The content of a regular file of at most `limit` bytes, added to `bytes`, which is the caller's
// to clear whatever comes of it.
bool bt_look_read(const char *folder, const char *path, uint64_t limit, bt_buffer *bytes,
                  bt_error *error);

// What a path is.
bool bt_look_stat(const char *folder, const char *path, bt_look_facts *facts, bt_error *error);

// What is in a folder, at most `limit` names: for each a bt_look_facts and the name with its
// terminator, one after another and not aligned, added to `entries`, the caller's to clear.
bool bt_look_list(const char *folder, const char *path, uint64_t limit, bt_buffer *entries,
                  bt_error *error);

#endif
