// Lua's memory: a limit for all of it, and accounts for what some of the code takes.
//
// Every block that is allocated while an account is current is charged to it until the block is
// freed, whoever frees it: so an account shows what its code holds, and what it has dropped and the
// collector has not come by yet. A block that has no account costs nothing extra; one that has
// costs eight bytes.
//
// A request beyond a limit gets NULL, which Lua makes an error of ("not enough memory") once it has
// collected in vain. Code with an account meets its own limit, and the common one earlier than the
// program does, which so has room left.
//
// Threads: all of it belongs to the thread of its lua_State.
#ifndef BT_MEMORY_H
#define BT_MEMORY_H

#include <stddef.h>

typedef struct bt_account bt_account;

typedef struct {
  size_t used;         // bytes, of all
  size_t limit;        // that `used` never exceeds
  size_t reserve;      // how much less of it code with an account may use
  bt_account *current; // whose code runs; NULL: the program's own. Borrowed
} bt_memory;

// A lua_Alloc; `context` is a bt_memory.
void *bt_memory_allocate(void *context, void *block, size_t old_size, size_t new_size);

// An account that may hold up to `limit` bytes; NULL where there is no memory. The caller's, to
// close.
bt_account *bt_account_open(size_t limit);

// Bytes that are charged to it now.
size_t bt_account_used(const bt_account *account);

// Gives the account up; it must not be current. What is charged to it is still freed as usual.
void bt_account_close(bt_account *account);

#endif
