// Accounts of Lua's memory: who is charged, what a limit refuses, and who outlives whom.
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static void charges_whoever_allocated(void) {
  bt_memory memory = {.limit = 1 << 20, .reserve = 1 << 18};
  bt_account *account = bt_account_open(1 << 16);
  char *own = bt_memory_allocate(&memory, NULL, 0, 100);
  memory.current = account;
  char *charged = bt_memory_allocate(&memory, NULL, 0, 1);
  memory.current = NULL;
  CHECK(memory.used == 101);
  // Whoever makes it grow, and wherever it moves to.
  strcpy(own, "own");
  for (size_t size = 1; size < 40000; size = size * 2 + 1) {
    charged = bt_memory_allocate(&memory, charged, size, size * 2 + 1);
    CHECK(charged && (uintptr_t)charged % 8 == 0);
    charged[size * 2] = 'x';
    size_t used = bt_account_used(account);
    CHECK(used == 0 || used == size * 2 + 1); // nothing where malloc aligns to less than 16
    CHECK(memory.used == 100 + size * 2 + 1);
  }
  size_t size = memory.used - 100;
  charged = bt_memory_allocate(&memory, charged, size, 10);
  CHECK(memory.used == 110);
  bt_memory_allocate(&memory, charged, 10, 0);
  CHECK(bt_account_used(account) == 0);
  CHECK(strcmp(own, "own") == 0);
  bt_memory_allocate(&memory, own, 100, 0);
  CHECK(memory.used == 0);
  bt_account_close(account);
}

static void refuses_beyond_a_limit(void) {
  bt_memory memory = {.limit = 100000, .reserve = 20000};
  bt_account *account = bt_account_open(50000);
  void *own = bt_memory_allocate(&memory, NULL, 0, 60000);
  memory.current = account;
  void *charged = bt_memory_allocate(&memory, NULL, 0, 10000);
  CHECK(charged);
  CHECK(!bt_memory_allocate(&memory, NULL, 0, 15000)); // what is left is the program's
  CHECK(!bt_memory_allocate(&memory, charged, 10000, 60000));
  memory.current = NULL;
  void *more = bt_memory_allocate(&memory, NULL, 0, 15000);
  CHECK(more);
  CHECK(!bt_memory_allocate(&memory, NULL, 0, 15001));
  CHECK(memory.used == 85000);
  bt_memory_allocate(&memory, more, 15000, 0);
  bt_memory_allocate(&memory, own, 60000, 0);
  bt_account_close(account); // what is charged to it is freed later
  bt_memory_allocate(&memory, charged, 10000, 0);
  CHECK(memory.used == 0);
}

int main(void) {
  charges_whoever_allocated();
  refuses_beyond_a_limit();
  return 0;
}
