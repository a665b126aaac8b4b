// The arithmetic of hashing, against published vectors and a plain tree.
#include "hasher_sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (condition) break;                                                                          \
    fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
    exit(1);                                                                                       \
  } while (0)

static bool is_hex(const unsigned char *digest, size_t length, const char *wanted) {
  char hex[2 * bt_sha256_length + 1];
  for (size_t i = 0; i < length; i++)
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  return strcmp(hex, wanted) == 0;
}

// The tree of BEP 52, all levels in memory.
static void plain_root(bt_sums *sums, unsigned char (*nodes)[bt_sha256_length], size_t width) {
  for (; width > 1; width /= 2)
    for (size_t i = 0; i < width / 2; i++)
      bt_sums_sha256(sums, nodes[2 * i], 2 * bt_sha256_length, nodes[i]);
}

static void test_trees(bt_sums *sums) {
  static unsigned char leaves[64][bt_sha256_length], nodes[64][bt_sha256_length];
  for (size_t i = 0; i < 64; i++)
    bt_sums_sha256(sums, &i, sizeof i, leaves[i]);
  for (size_t count = 1; count <= 64; count++) {
    bt_merkle tree;
    bt_merkle_begin(&tree);
    for (size_t i = 0; i < count; i++)
      bt_merkle_add(sums, &tree, leaves[i]);
    for (size_t width = bt_merkle_width(count); width <= 64; width *= 2) {
      unsigned char root[bt_sha256_length];
      memset(nodes, 0, sizeof nodes);
      memcpy(nodes, leaves, count * sizeof *leaves);
      plain_root(sums, nodes, width);
      bt_merkle_end(sums, &tree, width, 0, root);
      CHECK(memcmp(root, nodes[0], sizeof root) == 0);
    }
  }
}

int main(void) {
  unsigned char digest[bt_sha256_length];
  bt_sums *sums = bt_sums_open();
  CHECK(sums);
  for (int round = 0; round < 2; round++) { // a context is used again and again
    bt_sums_piece_begin(sums);
    bt_sums_piece_add(sums, "a", 1);
    bt_sums_piece_add(sums, "bc", 2);
    bt_sums_piece_end(sums, digest);
    CHECK(is_hex(digest, bt_sha1_length, "a9993e364706816aba3e25717850c26c9cd0d89d"));
    bt_sums_sha256(sums, "abc", 3, digest);
    CHECK(is_hex(digest, bt_sha256_length,
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  }
  uint32_t crc = bt_sums_crc(0, "123456789", 9);
  CHECK(crc == 0xcbf43926);
  CHECK(bt_sums_crc_join(bt_sums_crc(0, "1234", 4), bt_sums_crc(0, "56789", 5), 5) == crc);
  CHECK(bt_sums_crc_join(0, crc, 9) == crc);
  CHECK(bt_merkle_width(1) == 1 && bt_merkle_width(5) == 8 && bt_merkle_width(8) == 8);
  test_trees(sums);
  bt_sums_close(sums);
  return 0;
}
