// The names in one folder that are worth a look, in byte order.
#ifndef BT_TREE_LISTING_H
#define BT_TREE_LISTING_H

#include "buffer.h"
#include "tree_names.h"

#include <dirent.h>

// Starts as {0}.
typedef struct {
  bt_buffer pool;
  const char **names;
  const char **twins; // for each name the one it collides with, or NULL
  size_t count;
} bt_listing;

// Reads all names but those left alone. Returns 0 or an errno. With `find_twins` collisions among
// files and folders are found too.
int bt_listing_read(bt_listing *listing, DIR *directory, const bt_names *ignore, bool find_twins);

void bt_listing_clear(bt_listing *listing);

// Reads the patterns of the .btignore in `root`, if there is one, into `pool`: NUL-terminated
// lines, without comments and blanks around them. Returns how many.
size_t bt_ignore_read(int root, bt_buffer *pool);

#endif
