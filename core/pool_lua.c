// Work on libuv's pool whose result a function of Lua is waiting for.
#include "pool_lua.h"

#include "host.h"

#include <lauxlib.h>

static void work(uv_work_t *handle) {
  bt_pool_job *job = handle->data;
  job->kind->work(job);
}

// Runs protected, for it may run out of memory. Arguments: on_done, light job.
static int give(lua_State *L) {
  bt_pool_job *job = lua_touserdata(L, 2);
  lua_settop(L, 1);
  lua_call(L, job->kind->push(L, job), 0);
  return 0;
}

static void on_worked(uv_work_t *handle, int status) {
  bt_pool_job *job = handle->data;
  lua_State *L = job->L;
  if (status == 0) {
    lua_pushcfunction(L, give);
    lua_rawgeti(L, LUA_REGISTRYINDEX, job->on_done);
    lua_pushlightuserdata(L, job);
    bt_host_call(L, 2, 0);
  }
  luaL_unref(L, LUA_REGISTRYINDEX, job->on_done);
  luaL_unref(L, LUA_REGISTRYINDEX, job->borrowed);
  job->kind->free(job);
}

void bt_pool_start(lua_State *L, bt_pool_job *job, const bt_pool_kind *kind) {
  job->kind = kind;
  job->L = bt_host_main(L);
  job->handle.data = job;
  job->on_done = luaL_ref(L, LUA_REGISTRYINDEX);
  job->borrowed = luaL_ref(L, LUA_REGISTRYINDEX);
  uv_queue_work(bt_host_loop(L), &job->handle, work, on_worked); // fails only without callbacks
}
