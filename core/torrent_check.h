// Reads a .torrent from somebody else under limits, before libtorrent sees it (security S29).
//
// libtorrent takes names that are equal in time that grows with their square, nests as deep as one
// likes, and follows what a torrent says of symbolic links. What passes here can do none of it.
//
// Threads: free of state; takes time linear in the bytes, but for sorting the files by a hash.
#ifndef BT_TORRENT_CHECK_H
#define BT_TORRENT_CHECK_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  BT_TORRENT_BYTES = 4 << 20,
  BT_TORRENT_FILES = 50000,
  BT_TORRENT_EQUAL_NAMES = 500, // case-folded as libtorrent does, in ASCII
  BT_TORRENT_DEPTH = 32,        // folders and the file, below the torrent's name
  BT_TORRENT_ELEMENT = 240,     // bytes of a name
  BT_TORRENT_PIECES = 200000,
  BT_TORRENT_PIECE_MIN = 16 << 10,
  BT_TORRENT_PIECE_MAX = 16 << 20,
};
#define BT_TORRENT_SIZE ((uint64_t)16 << 40)

typedef struct {
  const char *path; // terminated; beginning with the torrent's name, elements separated by '/'
  uint64_t size;
} bt_torrent_file;

typedef struct {
  const char *name;             // terminated
  const bt_torrent_file *files; // without pad files (BEP 47)
  size_t file_count;
  uint64_t size;      // of those files
  char info_hash[41]; // hex digits of v1, or the first 20 bytes of v2 where there is no v1
  bool is_private;    // BEP 27
  bool is_findable;   // names trackers, web seeds or nodes to ask
} bt_torrent_summary;

// What the .torrent says, to free with bt_torrent_summary_free; NULL with BT_INVALID, or BT_FULL
// where there is no memory. v1 (BEP 3), v2 (BEP 52) and hybrid.
bt_torrent_summary *bt_torrent_check(const char *bytes, size_t length, bt_error *error);
void bt_torrent_summary_free(bt_torrent_summary *summary);

#endif
