// Reading one chunk of a plan and hashing it on the way.
//
// Threads: a bt_chunk_reader belongs to one thread; chunks of one plan may be read by many at once.
#ifndef BT_HASHER_READ_H
#define BT_HASHER_READ_H

#include "hasher_plan.h"

typedef struct bt_chunk_reader bt_chunk_reader;

// `read_size` bytes are read at a time, rounded up to blocks of 16 KiB. NULL when there is no
// memory or libcrypto lacks a hash.
bt_chunk_reader *bt_chunk_reader_open(size_t read_size);
void bt_chunk_reader_close(bt_chunk_reader *reader);

// Called after each read with the bytes read; false stops the chunk.
typedef bool bt_advance(void *context, uint64_t bytes);

// Where the files are, and who wants to know how it goes. Borrowed during a call.
typedef struct {
  const char *root, *base;
  bt_advance *advance;
  void *context;
} bt_chunk_source;

// Reads `chunk` and writes its hashes into the plan's result. Fails with BT_GONE when a file is
// not, before or after, as the manifest says, and when `advance` returned false.
bool bt_chunk_read(bt_chunk_reader *reader, bt_plan *plan, bt_plan_chunk *chunk,
                   const bt_chunk_source *source, bt_error *error);

// Checks the empty files that are new, which no chunk reads.
bool bt_chunk_check_empty(const bt_plan *plan, const bt_chunk_source *source, bt_error *error);

// Joins what the chunks found: CRCs of files read in parts, merkle roots of large files. To be
// called once, after all chunks.
void bt_chunk_join(bt_chunk_reader *reader, bt_plan *plan);

#endif
