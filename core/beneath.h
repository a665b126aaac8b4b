// Opening things beneath a folder, so that no name and no race leads out of it.
//
// Every step is openat2(2) with RESOLVE_BENEATH, NO_SYMLINKS, NO_MAGICLINKS and NO_XDEV: "..", a
// symbolic link or a mount point on the way is an error, whoever put it there and whenever.
// Threads: everything here is free of state. Calls may block as long as the file system does.
#ifndef BT_BENEATH_H
#define BT_BENEATH_H

#include "error.h"

#ifdef __cplusplus
extern "C" {
#endif

// Opens the folder `path` (absolute; symbolic links are followed, this once) as a place to open
// from, not to read. Returns a descriptor, the caller's to close, or -1 with `error` filled.
int bt_beneath_root(const char *path, bt_error *error);

// Opens `path` (relative, of any length) beneath the folder `root` with the O_ flags given plus
// O_NONBLOCK (a FIFO must not hold us up) and O_CLOEXEC. Returns a descriptor, the caller's to
// close, or a negative errno: ELOOP a symbolic link, EXDEV a mount point or a way out.
int bt_beneath_open(int root, const char *path, int flags);

// Creates the file `path` beneath `root` to be written (0644), and the folders on the way to it
// (0755); what is there is opened only where it is a regular file. As bt_beneath_open returns.
int bt_beneath_create(int root, const char *path);

// Removes the file `path` beneath `root`, or the empty folder with AT_REMOVEDIR. Returns 0 or an
// errno.
int bt_beneath_unlink(int root, const char *path, int flags);

// Renames beneath one folder, without replacing anything. Returns 0 or an errno.
int bt_beneath_rename(int root, const char *from, const char *to);

// Why a file cannot be shared, in words, for the errno of a failed open:
// "symbolic link, not followed", "on another file system", "cannot be read: permission denied".
// Written to `text` of `size` bytes.
void bt_beneath_reason(int number, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
