// Piece hashes (BEP 3, BEP 52) and CRC-32s of the files of manifests, with one read of each byte.
//
// A hasher has threads of its own and knows neither Lua nor a loop: `wake` says that something has
// happened, bt_hasher_next is then asked until it has nothing more.
//
// Threads: all functions are for one thread, the owner's. `wake` is called on the hasher's threads,
// never after bt_hasher_close has returned, and may only wake. Closing waits for the threads'
// next read, a second at most: one that a dead disk holds ends by itself later.
#ifndef BT_HASHER_H
#define BT_HASHER_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bt_hasher bt_hasher;

typedef struct {
  int threads;      // 0: as many as there are cores online
  size_t read_size; // bytes of one pread; 0: 256 KiB
  void (*wake)(void *context);
  void *context;
} bt_hasher_options;

typedef enum {
  BT_HASH_FORMAT_V1,     // files one after another, pieces across their borders
  BT_HASH_FORMAT_HYBRID, // v1 pieces and v2 trees; each file starts at a piece, zeros hashed
                         // between
  BT_HASH_FORMAT_V2,     // v2 trees only
} bt_hash_format;

typedef struct {
  const void *data;
  size_t length;
} bt_span;

// What an earlier version of the same share gave. Used when format and piece length are the same
// and the lengths fit the manifest, otherwise left aside.
typedef struct {
  bt_span manifest; // length 0: there is none
  uint64_t piece_length;
  bt_hash_format format;
  bt_span pieces, roots, layers, crcs;
} bt_hash_previous;

typedef struct {
  const char *root; // absolute path of the shared folder
  const char *base; // "", or the folder in it that the manifest's paths are relative to
  bt_span manifest;
  uint64_t piece_length; // bytes; a power of two, 16 KiB to 256 MiB
  bt_hash_format format;
  bt_hash_previous previous;
  void *context; // given back in events
} bt_hash_job;

// The four runs of bytes are as lua/meta/core/hasher.lua says; the caller's, to free with
// bt_hash_result_clear.
typedef struct {
  unsigned char *pieces, *roots, *layers, *crcs;
  size_t pieces_length, roots_length, layers_length, crcs_length;
  double seconds;
  uint64_t bytes_read, bytes_reused;
} bt_hash_result;

void bt_hash_result_clear(bt_hash_result *result);

typedef enum { BT_HASH_PROGRESS, BT_HASH_DONE, BT_HASH_FAILED } bt_hash_event_type;

typedef struct {
  bt_hash_event_type type;
  void *context;              // the job's
  uint64_t bytes_done, bytes; // PROGRESS: content read or reused, content in all
  bt_hash_result result;      // DONE
  bt_error error;             // FAILED; BT_GONE when a file is not as the manifest says
} bt_hash_event;

// The hasher is the caller's, to close.
bt_hasher *bt_hasher_open(const bt_hasher_options *options, bt_error *error);

// Queues a job, everything in it copied. Returns its id, or 0 for values that make no sense
// (BT_INVALID) or no memory (BT_FULL). Small jobs run beside large ones; large ones run one after
// the other, each on all threads.
uint64_t bt_hasher_add(bt_hasher *hasher, const bt_hash_job *job, bt_error *error);

// Forgets a job, which stops at its next read; no event of it comes any more. Returns its context,
// NULL when there is no such job (any more).
void *bt_hasher_cancel(bt_hasher *hasher, uint64_t id);

// The next event; false when there is none. DONE and FAILED are a job's last.
bool bt_hasher_next(bt_hasher *hasher, bt_hash_event *event);

// Stops all threads at their next read and forgets all jobs.
void bt_hasher_close(bt_hasher *hasher);

#ifdef __cplusplus
}
#endif

#endif
