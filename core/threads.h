// Starting threads that nobody joins.
#ifndef BT_THREADS_H
#define BT_THREADS_H

// Starts up to `count` detached threads, all signals blocked (they are for the program's other
// threads), that call `run` with `context`. Returns how many were started.
int bt_threads_start(int count, void *(*run)(void *context), void *context);

#endif
