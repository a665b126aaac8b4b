// Landlock (landlock(7)): the process gives up the right to change files, except in a few places.
//
// Threads: the lock binds the thread that takes it and those it starts later, never those that run
// already; bt_sandbox_restrict therefore wants a process of one thread. Child processes inherit it.
//
// What it does not stop: files that are open for writing already, changes of mode, owner and times,
// and truncate(2) on kernels with ABI 1 or 2 (Linux before 6.2; opening with O_TRUNC is stopped).
#ifndef BT_SANDBOX_H
#define BT_SANDBOX_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

// The kernel's Landlock ABI, 0 where it has none or has it switched off.
int bt_sandbox_abi(void);

// Gives up all rights to write, create, remove, rename and truncate, except below the `count`
// folders of `writable`; of an existing file there only its bytes may change. Returns the ABI in
// force, or -1: BT_MISSING without Landlock, BT_BUSY with more than one thread. On failure nothing
// is given up. A new process cannot gain privileges from then on (PR_SET_NO_NEW_PRIVS).
int bt_sandbox_restrict(const char *const *writable, size_t count, bt_error *error);

// Tries to create a file in `folder` (and removes it again) from this thread and from a new one.
// True where each was refused with EACCES; else `error` says what was not.
bool bt_sandbox_try_write(const char *folder, bt_error *error);

#endif
