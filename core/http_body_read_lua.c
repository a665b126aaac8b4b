// Bodies that Lua itself wants to read: on libuv's pool, checked as when they are sent.
//
// A job belongs to the loop's thread, but for `work`, which runs on the pool and knows no Lua.
#include "host.h"
#include "http_body.h"
#include "http_lua.h"

#include <lauxlib.h>
#include <stdlib.h>

enum { longest = 16 * 1024 * 1024 };

typedef struct {
  uv_work_t work;
  lua_State *L; // the main thread
  int on_done;  // registry reference
  bt_body *body;
  ssize_t read; // -1: it is not as it was described
  size_t length;
  char bytes[];
} read_job;

static void work(uv_work_t *handle) {
  read_job *job = handle->data;
  job->read = bt_body_read(job->body, job->bytes, job->length);
}

// Runs protected, for it may run out of memory. Arguments: on_done, light read_job.
static int give_result(lua_State *L) {
  const read_job *job = lua_touserdata(L, 2);
  lua_settop(L, 1);
  if (job->read == (ssize_t)job->length) {
    lua_pushlstring(L, job->bytes, job->length);
    lua_call(L, 1, 0);
  } else {
    bt_error error;
    bt_fail(&error, BT_GONE, "file: changed, or cannot be read");
    lua_call(L, bt_host_fail(L, &error), 0);
  }
  return 0;
}

static void on_worked(uv_work_t *handle, int status) {
  read_job *job = handle->data;
  lua_State *L = job->L;
  if (status == 0) {
    lua_pushcfunction(L, give_result);
    lua_rawgeti(L, LUA_REGISTRYINDEX, job->on_done);
    lua_pushlightuserdata(L, job);
    bt_host_call(L, 2, 0);
  }
  luaL_unref(L, LUA_REGISTRYINDEX, job->on_done);
  bt_body_free(job->body);
  free(job);
}

int bt_http_read_body(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  bt_body *body = bt_http_take_body(L, 1);
  uint64_t length = bt_body_length(body);
  read_job *job = length <= longest ? calloc(1, sizeof *job + (size_t)length) : NULL;
  if (!job) {
    bt_body_free(body);
    bt_error error;
    bt_fail(&error, BT_FULL, "body: more than 16 MiB, or no memory");
    return bt_host_fail(L, &error);
  }
  job->body = body;
  job->length = (size_t)length;
  job->L = bt_host_main(L);
  job->work.data = job;
  job->on_done = luaL_ref(L, LUA_REGISTRYINDEX);
  uv_queue_work(bt_host_loop(L), &job->work, work, on_worked);
  lua_pushboolean(L, true);
  return 1;
}
