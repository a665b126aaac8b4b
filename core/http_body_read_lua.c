// Bodies that Lua itself wants to read: on libuv's pool, checked as when they are sent.
#include "host.h"
#include "http_body.h"
#include "http_lua.h"
#include "pool_lua.h"

#include <lauxlib.h>
#include <stdlib.h>

enum { longest = 16 * 1024 * 1024 };

typedef struct {
  bt_pool_job base;
  bt_body *body;
  ssize_t read; // -1: it is not as it was described
  size_t length;
  char bytes[];
} read_job;

static void work(void *context) {
  read_job *job = context;
  job->read = bt_body_read(job->body, job->bytes, job->length);
}

static int push(lua_State *L, void *context) {
  const read_job *job = context;
  if (job->read != (ssize_t)job->length) {
    bt_error error;
    bt_fail(&error, BT_GONE, "file: changed, or cannot be read");
    return bt_host_fail(L, &error);
  }
  lua_pushlstring(L, job->bytes, job->length);
  return 1;
}

static void free_job(void *context) {
  read_job *job = context;
  bt_body_free(job->body);
  free(job);
}

static const bt_pool_kind kind = {work, push, free_job};

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
  lua_pushnil(L); // it borrows nothing
  lua_insert(L, -2);
  bt_pool_start(L, &job->base, &kind);
  lua_pushboolean(L, true);
  return 1;
}
