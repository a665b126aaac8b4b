// A watchdog for code that must not run for long: it looks, from a thread of its own, how long what
// runs now has run, and has it interrupted.
//
// The thread sends the watched thread a signal (SIGURG, which means nothing to anybody else), whose
// handler calls `interrupt`: so who is watched pays for a look at the clock, and nothing more, as
// long as it is quick. While nothing is watched the thread sleeps.
//
// Threads: everything here belongs to the thread that opened it, which is the one that is watched.
#ifndef BT_WATCHDOG_H
#define BT_WATCHDOG_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct bt_watchdog bt_watchdog;

// One run of watched code, on the C stack of who runs it. Runs nest: the time of an inner one is
// not the outer one's.
typedef struct bt_watch_run {
  struct bt_watch_run *below; // what it interrupts
  const char *name;           // for people, of who runs; borrowed until it is left
  void *context;              // for `interrupt`; borrowed until it is left
  int64_t began;              // nanoseconds of the monotonic clock
  int64_t next_look;          // the same: when it is to be interrupted; 0: not any more
} bt_watch_run;

// Watches nothing yet; NULL where there is no memory.
bt_watchdog *bt_watchdog_open(bt_error *error);

// Starts the thread. `interrupt` is called inside a signal handler with the `context` of the
// innermost run, once its time has come, and not again before bt_watchdog_look_again: what it does
// must be safe there.
bool bt_watchdog_start(bt_watchdog *dog, void (*interrupt)(void *context), bt_error *error);

enum { bt_watchdog_name_bytes = 64 }; // with the zero at its end

// Has the thread write into a file who has held everything up for long, as long as it does so: what
// stands there is true also once the process has been killed. `former` is who stood there when this
// was called. Before the start; it stays open.
bool bt_watchdog_note_in(bt_watchdog *dog, const char *path, char former[bt_watchdog_name_bytes],
                         bt_error *error);

bool bt_watchdog_is_started(const bt_watchdog *dog);

// Begins `run`, of which `name` and `context` are filled in, to be interrupted after `first_look`
// nanoseconds.
void bt_watchdog_enter(bt_watchdog *dog, bt_watch_run *run, int64_t first_look);

// Ends the innermost run; returns how many nanoseconds it has taken.
int64_t bt_watchdog_leave(bt_watchdog *dog, bt_watch_run *run);

// The innermost run, NULL where there is none.
bt_watch_run *bt_watchdog_top(const bt_watchdog *dog);

// How many nanoseconds a run has taken so far.
int64_t bt_watchdog_age(const bt_watch_run *run);

// Has the innermost run interrupted again once it has taken `age` nanoseconds.
void bt_watchdog_look_again(bt_watchdog *dog, int64_t age);

// Ends the thread, if there is one. Nothing may be running.
void bt_watchdog_close(bt_watchdog *dog);

#endif
