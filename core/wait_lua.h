// A result that a thread of its own brings, and a function of Lua that waits for it.
//
// The work is a module's: it has a thread, which calls bt_wait_wake once it has ended, and nothing
// else of this. All else happens on the loop's thread. There the function is called with what
// `push` makes of the work, unless the wait was ended before.
#ifndef BT_WAIT_LUA_H
#define BT_WAIT_LUA_H

#include <lua.h>

typedef struct {
  int (*push)(lua_State *L, void *work); // the result; returns how many values; may raise
  void (*let_go)(void *work);            // nobody waits any more: from then on it wakes nobody
} bt_wait_kind;

typedef struct bt_wait bt_wait;

// Pushes a userdata of type `type`, which lives until it has ended, and is ended when the program
// does; `on_done` is where on the stack the function is. NULL without memory: nothing is pushed.
bt_wait *bt_wait_new(lua_State *L, const char *type, const bt_wait_kind *kind, int on_done);

// What the work wakes with bt_wait_wake; it may until `let_go` has returned.
void *bt_wait_waker(const bt_wait *wait);

// On any thread.
void bt_wait_wake(void *waker);

// The work has begun, and is the wait's from now on; NULL where it could not: the wait has ended.
void bt_wait_begin(bt_wait *wait, void *work);

// NULL once it has ended.
void *bt_wait_work(const bt_wait *wait);

// Ends it, where it has not ended: the function is not called any more.
void bt_wait_end(bt_wait *wait);

#endif
