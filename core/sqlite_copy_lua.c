// core.sqlite's copies of whole databases: on libuv's pool, or at once for who waits.
#include "host.h"
#include "pool_lua.h"
#include "sqlite_copy.h"
#include "sqlite_lua.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  bt_pool_job base;
  char *from, *to, *sql; // the last may be NULL
  bool succeeded;
  bt_error error; // where it has not
} copy_job;

static void free_job(void *context) {
  copy_job *job = context;
  free(job->from);
  free(job->to);
  free(job->sql);
  free(job);
}

static void work(void *context) {
  copy_job *job = context;
  job->succeeded = bt_sqlite_copy(job->from, job->to, job->sql, &job->error);
}

static int push(lua_State *L, void *context) {
  const copy_job *job = context;
  if (!job->succeeded) return bt_host_fail(L, &job->error);
  lua_pushboolean(L, true);
  return 1;
}

static const bt_pool_kind kind = {work, push, free_job};

// Takes the function on top of the stack.
static void start(lua_State *L, const char *from, const char *to, const char *sql) {
  copy_job *job = calloc(1, sizeof *job);
  if (!job) luaL_error(L, "copy: no memory");
  job->from = strdup(from);
  job->to = strdup(to);
  job->sql = sql ? strdup(sql) : NULL;
  if (!job->from || !job->to || !job->sql != !sql) {
    free_job(job);
    luaL_error(L, "copy: no memory");
  }
  lua_pushnil(L); // it borrows nothing
  lua_insert(L, -2);
  bt_pool_start(L, &job->base, &kind);
}

int bt_database_copy(lua_State *L) {
  const char *from = luaL_checkstring(L, 1), *to = luaL_checkstring(L, 2);
  const char *sql = luaL_optstring(L, 3, NULL);
  lua_settop(L, 4);
  if (!lua_isnil(L, 4)) {
    luaL_checktype(L, 4, LUA_TFUNCTION);
    start(L, from, to, sql);
  } else {
    bt_error error;
    if (!bt_sqlite_copy(from, to, sql, &error)) return bt_host_fail(L, &error);
  }
  lua_pushboolean(L, true);
  return 1;
}
