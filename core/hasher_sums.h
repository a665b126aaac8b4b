// The arithmetic of hashing: SHA-1 of pieces, merkle trees of SHA-256 (BEP 52), CRC-32.
//
// Threads: a bt_sums belongs to one thread. Nothing here fails once bt_sums_open has succeeded.
#ifndef BT_HASHER_SUMS_H
#define BT_HASHER_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { bt_sha1_length = 20, bt_sha256_length = 32, bt_leaf_length = 16384 };

typedef struct bt_sums bt_sums;

// NULL when libcrypto cannot give SHA-1 or SHA-256, or there is no memory.
bt_sums *bt_sums_open(void);
void bt_sums_close(bt_sums *sums);

// SHA-1 of one piece: begin, add, end.
void bt_sums_piece_begin(bt_sums *sums);
void bt_sums_piece_add(bt_sums *sums, const void *data, size_t length);
void bt_sums_piece_end(bt_sums *sums, unsigned char digest[bt_sha1_length]);

void bt_sums_sha256(bt_sums *sums, const void *data, size_t length,
                    unsigned char digest[bt_sha256_length]);

// A merkle tree that is given its leaves in order and keeps one hash a level.
typedef struct {
  uint64_t count;
  unsigned char nodes[40][bt_sha256_length];
} bt_merkle;

void bt_merkle_begin(bt_merkle *tree);
void bt_merkle_add(bt_sums *sums, bt_merkle *tree, const unsigned char leaf[bt_sha256_length]);

// The root of the tree with `width` leaves (a power of two, at least those given). Missing leaves
// are the roots of trees of `2^leaf_level` zero hashes: 0 for blocks of data, higher for a tree
// whose leaves are whole pieces.
void bt_merkle_end(bt_sums *sums, const bt_merkle *tree, uint64_t width, int leaf_level,
                   unsigned char root[bt_sha256_length]);

// The smallest power of two that is not below `count`.
uint64_t bt_merkle_width(uint64_t count);

// CRC-32 as ZIP has it; start with 0.
uint32_t bt_sums_crc(uint32_t crc, const void *data, size_t length);

// The CRC-32 of two runs of bytes, one after the other, from those of each.
uint32_t bt_sums_crc_join(uint32_t first, uint32_t second, uint64_t second_length);

#endif
