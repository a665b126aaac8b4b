// Work on libuv's pool whose result a function of Lua is waiting for.
//
// A job is made on the loop's thread and belongs to it but for `work`, which runs on a thread of
// the pool and knows no Lua.
#ifndef BT_POOL_LUA_H
#define BT_POOL_LUA_H

#include <lua.h>
#include <uv.h>

typedef struct {
  void (*work)(void *job);              // on a thread of the pool
  int (*push)(lua_State *L, void *job); // the result; returns how many values; may raise
  void (*free)(void *job);              // afterwards, also where `push` raised
} bt_pool_kind;

// The first member of a job, which is one allocation; all of it is bt_pool_start's.
typedef struct {
  uv_work_t handle;
  const bt_pool_kind *kind;
  lua_State *L;          // the main thread
  int on_done, borrowed; // references of the registry
} bt_pool_job;

// Starts `job`, which is the pool's from now on. Takes two values from the stack: on top the
// function that is called with the result, below it a value that lives as long as the job, for what
// the job borrows of it (nil for none).
void bt_pool_start(lua_State *L, bt_pool_job *job, const bt_pool_kind *kind);

#endif
