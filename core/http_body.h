// The body of an answer: strings and ranges of files in a row, read once from front to back.
//
// A file is opened when its turn comes, beneath its root and through no link, and must be the one
// that was described, before each read and after it: a file that changed is never sent in part
// old, in part new. Threads: built on one, then read on others, one after another; no locks.
#ifndef BT_HTTP_BODY_H
#define BT_HTTP_BODY_H

#include "manifest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct bt_body bt_body;

// NULL when memory is short. The caller's, to free with bt_body_free.
bt_body *bt_body_new(void);
void bt_body_free(bt_body *body);

// As bt_http_answer_bytes and bt_http_answer_file.
bool bt_body_add_bytes(bt_body *body, const char *bytes, size_t length);
bool bt_body_add_file(bt_body *body, const char *root, const bt_file *file, uint64_t offset,
                      uint64_t length);

// Adds the CRC-32 (4 bytes, little-endian) of an earlier part, counted from 0, that is a whole
// file; it is taken while that file is sent. False when that part is none, or memory is short.
bool bt_body_add_crc(bt_body *body, size_t part);

// How many parts were added; bytes that follow bytes add none.
size_t bt_body_parts(const bt_body *body);

uint64_t bt_body_length(const bt_body *body);
bool bt_body_has_files(const bt_body *body);

// The only part, when that is bytes; "" for an empty body; else NULL. Borrowed until bt_body_free.
const char *bt_body_bytes(const bt_body *body);

// Opens and checks the first file, if there is one. BT_GONE when it is not as described, BT_BUSY
// when descriptors or memory are short.
bool bt_body_open(bt_body *body, bt_error *error);

// Reads the next bytes, at most `size`. 0 at the end; -1 when a file is not as described, then and
// ever after. Waits for the disk, for however long that takes.
ssize_t bt_body_read(bt_body *body, char *bytes, size_t size);

enum { bt_body_waits = -2 };

// As bt_body_read, but never waits: what is in memory already, or bt_body_waits where that is
// nothing. A file that is not open yet is nothing in memory.
ssize_t bt_body_read_at_once(bt_body *body, char *bytes, size_t size);

// The root of the files added last, "" where there are none. Borrowed until the next addition.
const char *bt_body_root(const bt_body *body);

// A token bucket that holds an eighth of a second. Times are nanoseconds of one steady clock.
typedef struct {
  uint64_t rate; // bytes a second; 0: no limit
  uint64_t tokens;
  uint64_t filled;         // when
  uint64_t starved;        // for how long there was less than was wanted, until
  uint64_t starving_since; // 0: there is enough
} bt_bucket;

// Changes the rate; what was saved up beyond the new one's eighth of a second is lost.
void bt_bucket_set(bt_bucket *bucket, uint64_t rate);

// How many of `wanted` bytes may go now; 0 when to come back at `*later`.
size_t bt_bucket_take(bt_bucket *bucket, size_t wanted, uint64_t now, uint64_t *later);

// For how long in all whoever takes has waited for the bucket: what the rate alone held up, not the
// reader at the other end.
uint64_t bt_bucket_starved(const bt_bucket *bucket, uint64_t now);

// Gives back what was taken and not used.
void bt_bucket_return(bt_bucket *bucket, size_t bytes);

#endif
