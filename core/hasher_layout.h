// Where each file of a manifest lies in its torrent (BEP 3, BEP 47, BEP 52).
#ifndef BT_HASHER_LAYOUT_H
#define BT_HASHER_LAYOUT_H

#include "hasher_plan.h"
#include "map.h"

typedef struct {
  bt_plan_file *files;
  size_t file_count;
  uint64_t length; // with padding between files, none after the last
  uint64_t size;   // of the content
  uint64_t pieces;
  uint64_t layers; // hashes in all piece layers
  bt_map paths;    // path → index, after bt_layout_index
} bt_layout;

// Starts as {0}. The manifest's bytes are borrowed until bt_layout_clear. Fails for a manifest that
// is cut short (BT_INVALID), too many pieces (BT_INVALID), no memory (BT_FULL).
bool bt_layout_make(bt_layout *layout, bt_span manifest, bt_hash_format format,
                    uint64_t piece_length, bt_error *error);

// Prepares bt_layout_find. False when there is no memory.
bool bt_layout_index(bt_layout *layout);

// The file that is the same as `file` in path, size, mtime, ctime and inode; NULL if there is none.
const bt_plan_file *bt_layout_find(const bt_layout *layout, const bt_file *file);

// How many pieces `size` bytes take.
uint64_t bt_layout_pieces(uint64_t size, uint64_t piece_length);

void bt_layout_clear(bt_layout *layout);

#endif
