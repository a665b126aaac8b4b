// The manifest of a share: its vetted files at one moment, packed into one run of bytes.
//
// A share may have 100,000 files; packed they are one Lua string, one SQLite value and one
// comparison. Each file is, without padding and little-endian:
//
//   u64 size         bytes
//   i64 mtime_ns     nanoseconds since 1970, as stat(2) gives them
//   i64 ctime_ns
//   u64 inode
//   u64 path_length
//   path             bytes as the file system has them, relative to the share's base, no NUL
//
// which is Lua's string.pack("<I8i8i8I8s8"). Threads: everything here is pure.
#ifndef BT_MANIFEST_H
#define BT_MANIFEST_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One file. `path` is borrowed from the packed bytes and not terminated.
typedef struct {
  uint64_t size;
  int64_t mtime_ns;
  int64_t ctime_ns;
  uint64_t inode;
  const char *path;
  size_t path_length;
} bt_file;

// Walks over packed bytes, which stay the caller's. Start with {bytes, length, 0}.
typedef struct {
  const char *bytes;
  size_t length;
  size_t position;
} bt_manifest_reader;

// Reads the next file. False at the end, or where the bytes are cut or absurd; then
// bt_manifest_is_whole tells which.
bool bt_manifest_next(bt_manifest_reader *reader, bt_file *file);

// Whether the reader came to the very end.
bool bt_manifest_is_whole(const bt_manifest_reader *reader);

// Checks the form of packed bytes: whole, and every path relative, without empty, "." or ".."
// components and without NUL. Counts files and bytes where asked (either may be NULL).
bool bt_manifest_check(const char *bytes, size_t length, uint64_t *files, uint64_t *size,
                       bt_error *error);

// How many bytes `file` takes, packed.
size_t bt_manifest_file_length(const bt_file *file);

// Writes `file` to `bytes`, which has room for bt_manifest_file_length; returns that length.
size_t bt_manifest_write(char *bytes, const bt_file *file);

// How bt_manifest_arrange found the new manifest to differ from the old one.
typedef struct {
  bool unchanged;    // the arranged bytes equal the old ones
  bool same_content; // the same files; sizes, mtimes and inodes equal, at most ctimes differ
} bt_manifest_difference;

// Writes the files of `new_bytes` to `arranged` (which has room for `new_length` bytes and takes
// that many) in the order of `old_bytes`: files in both keep their place, new ones follow in their
// own order, files only in the old one are dropped. Both manifests must have passed
// bt_manifest_check. False when there is no memory.
bool bt_manifest_arrange(const char *old_bytes, size_t old_length, const char *new_bytes,
                         size_t new_length, char *arranged, bt_manifest_difference *difference);

#ifdef __cplusplus
}
#endif

#endif
