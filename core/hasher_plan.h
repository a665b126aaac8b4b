// What a hash job has to read: where files and pieces lie, and what an earlier version saves.
//
// Threads: made by one thread, then read by many; each writes results only for its own chunk.
#ifndef BT_HASHER_PLAN_H
#define BT_HASHER_PLAN_H

#include "hasher.h"
#include "manifest.h"

typedef struct {
  bt_file file;         // its path is borrowed from the job's manifest
  uint64_t start;       // where it begins in the torrent; at a piece but for v1
  uint64_t layer;       // hashes before its own in the piece layers; only if larger than a piece
  uint64_t first_piece; // the piece that holds its first byte
  bool is_unchanged;    // CRC and v2 hashes come from the previous version
  bool is_large;        // larger than a piece: has a piece layer
  uint64_t old_start;   // of an unchanged file: where it began
} bt_plan_file;

// Part of a file that one chunk read of a file that goes on in another chunk.
typedef struct {
  size_t file;
  uint64_t length;
  uint32_t crc;
} bt_plan_part;

// A run of pieces to read, by one thread.
typedef struct {
  uint64_t first_piece, end_piece;
  size_t first_file;     // the first that has bytes in it
  bt_plan_part parts[2]; // of the files that go on before and after; length 0: none
} bt_plan_chunk;

typedef struct {
  bt_hash_format format;
  uint64_t piece_length;
  bt_plan_file *files;
  size_t file_count;
  uint64_t length;  // of the whole torrent with its padding
  uint64_t pieces;  // in `length`, whether the format has v1 pieces or not
  uint64_t size;    // of the content
  uint64_t to_read; // of the content
  bt_plan_chunk *chunks;
  size_t chunk_count;
  bt_hash_result result; // filled by reuse and by the threads
} bt_plan;

// Plans `job`, whose manifest has passed bt_manifest_check; its bytes are borrowed until
// bt_plan_clear. Reused hashes are in `result` already.
bool bt_plan_make(bt_plan *plan, const bt_hash_job *job, bt_error *error);

void bt_plan_clear(bt_plan *plan);

// The end of the file in the torrent, without padding.
static inline uint64_t bt_plan_end(const bt_plan_file *file) {
  return file->start + file->file.size;
}

#endif
