// The arithmetic of hashing.
#include "hasher_sums.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { levels = 40 };

struct bt_sums {
  EVP_MD *sha1, *sha256;
  EVP_MD_CTX *piece, *block;
  unsigned char zeros[levels][bt_sha256_length]; // roots of trees of zero hashes, by level
};

static void hash_pair(bt_sums *sums, const unsigned char *left, const unsigned char *right,
                      unsigned char *parent) {
  unsigned char pair[2 * bt_sha256_length];
  memcpy(pair, left, bt_sha256_length);
  memcpy(pair + bt_sha256_length, right, bt_sha256_length);
  bt_sums_sha256(sums, pair, sizeof pair, parent);
}

bt_sums *bt_sums_open(void) {
  bt_sums *sums = calloc(1, sizeof *sums);
  if (!sums) return NULL;
  sums->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
  sums->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  sums->piece = EVP_MD_CTX_new();
  sums->block = EVP_MD_CTX_new();
  bool is_complete = sums->sha1 && sums->sha256 && sums->piece && sums->block &&
                     EVP_DigestInit_ex(sums->piece, sums->sha1, NULL) &&
                     EVP_DigestInit_ex(sums->block, sums->sha256, NULL);
  if (!is_complete) {
    bt_sums_close(sums);
    return NULL;
  }
  for (int i = 1; i < levels; i++)
    hash_pair(sums, sums->zeros[i - 1], sums->zeros[i - 1], sums->zeros[i]);
  return sums;
}

void bt_sums_close(bt_sums *sums) {
  if (!sums) return;
  EVP_MD_CTX_free(sums->piece);
  EVP_MD_CTX_free(sums->block);
  EVP_MD_free(sums->sha1);
  EVP_MD_free(sums->sha256);
  free(sums);
}

void bt_sums_piece_begin(bt_sums *sums) {
  EVP_DigestInit_ex(sums->piece, NULL, NULL);
}

void bt_sums_piece_add(bt_sums *sums, const void *data, size_t length) {
  EVP_DigestUpdate(sums->piece, data, length);
}

void bt_sums_piece_end(bt_sums *sums, unsigned char digest[bt_sha1_length]) {
  EVP_DigestFinal_ex(sums->piece, digest, NULL);
}

void bt_sums_sha256(bt_sums *sums, const void *data, size_t length,
                    unsigned char digest[bt_sha256_length]) {
  EVP_DigestInit_ex(sums->block, NULL, NULL);
  EVP_DigestUpdate(sums->block, data, length);
  EVP_DigestFinal_ex(sums->block, digest, NULL);
}

void bt_merkle_begin(bt_merkle *tree) {
  tree->count = 0;
}

// Like adding 1 to a binary number: a level that is occupied carries into the next.
void bt_merkle_add(bt_sums *sums, bt_merkle *tree, const unsigned char leaf[bt_sha256_length]) {
  unsigned char carry[bt_sha256_length];
  memcpy(carry, leaf, sizeof carry);
  int level = 0;
  for (; tree->count >> level & 1; level++)
    hash_pair(sums, tree->nodes[level], carry, carry);
  memcpy(tree->nodes[level], carry, sizeof carry);
  tree->count++;
}

void bt_merkle_end(bt_sums *sums, const bt_merkle *tree, uint64_t width, int leaf_level,
                   unsigned char root[bt_sha256_length]) {
  int level = 0;
  bool has_carry = false;
  for (; (uint64_t)1 << level < width; level++) {
    bool is_occupied = tree->count >> level & 1;
    const unsigned char *zero = sums->zeros[leaf_level + level];
    if (is_occupied)
      hash_pair(sums, tree->nodes[level], has_carry ? root : zero, root);
    else if (has_carry)
      hash_pair(sums, root, zero, root);
    has_carry = has_carry || is_occupied;
  }
  if (!has_carry) memcpy(root, tree->nodes[level], bt_sha256_length);
}

uint64_t bt_merkle_width(uint64_t count) {
  uint64_t width = 1;
  while (width < count)
    width *= 2;
  return width;
}

uint32_t bt_sums_crc(uint32_t crc, const void *data, size_t length) {
  return libdeflate_crc32(crc, data, length);
}

uint32_t bt_sums_crc_join(uint32_t first, uint32_t second, uint64_t second_length) {
  return (uint32_t)crc32_combine(first, second, (z_off_t)second_length);
}
