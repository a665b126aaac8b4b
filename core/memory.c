// Lua's memory: a limit for all of it, and accounts for what some of the code takes.
#include "memory.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct bt_account {
  size_t used;
  size_t limit;
  size_t blocks; // that are charged to it; it lives as long as there are any
  bool is_closed;
};

// A charged block begins with its account, so that it stands 8 bytes off the multiple of 16 that
// malloc gives; that is how it is told from the others. Lua's own objects need no more than a
// multiple of 8. Where malloc gives less than 16, nothing is charged, and accounts stay at nothing.
enum { head = 8, least = 16, can_charge = alignof(max_align_t) >= 16 && sizeof(void *) == head };

static bool is_charged(const void *block) {
  return can_charge && ((uintptr_t)block & head) != 0;
}

static bt_account *account_of(void *block) {
  return is_charged(block) ? *(bt_account **)(void *)((char *)block - head) : NULL;
}

static bool is_too_much(const bt_memory *memory, const bt_account *account, size_t more) {
  size_t limit = memory->current ? memory->limit - memory->reserve : memory->limit;
  if (memory->used + more > limit) return true;
  // What an account's code left behind may grow under the program's hands.
  return account && account == memory->current && account->used + more > account->limit;
}

static void forget_block(bt_account *account, size_t size) {
  account->used -= size;
  account->blocks--;
  if (account->is_closed && account->blocks == 0) free(account);
}

static void release(bt_memory *memory, void *block, size_t size) {
  bt_account *account = account_of(block);
  memory->used -= size;
  free(account ? (char *)block - head : block);
  if (account) forget_block(account, size);
}

static void *grow(void *block, const bt_account *account, size_t size) {
  size_t extra = account ? head : 0;
  size_t wanted =
      size + extra < least ? least : size + extra; // smaller ones may be aligned to 8 only
  char *raw = realloc(block ? (char *)block - extra : NULL, wanted);
  return raw ? raw + extra : NULL;
}

void *bt_memory_allocate(void *context, void *block, size_t old_size, size_t new_size) {
  bt_memory *memory = context;
  size_t old = block ? old_size : 0;
  if (new_size == 0) {
    if (block) release(memory, block, old);
    return NULL;
  }
  bt_account *account = block ? account_of(block) : can_charge ? memory->current : NULL;
  if (new_size > old && is_too_much(memory, account, new_size - old)) return NULL;
  void *grown = grow(block, account, new_size);
  if (!grown) return NULL;
  memory->used = memory->used - old + new_size;
  if (!account) return grown;
  account->used = account->used - old + new_size;
  if (!block) {
    account->blocks++;
    *(bt_account **)(void *)((char *)grown - head) = account;
  }
  return grown;
}

bt_account *bt_account_open(size_t limit) {
  bt_account *account = calloc(1, sizeof *account);
  if (account) account->limit = limit;
  return account;
}

size_t bt_account_used(const bt_account *account) {
  return account->used;
}

void bt_account_close(bt_account *account) {
  account->is_closed = true;
  if (account->blocks == 0) free(account);
}
