// core.markdown: Markdown as safe HTML, made on libuv's pool.
//
// A job belongs to the loop's thread, but for `work`, which runs on the pool and knows no Lua.
#include "markdown.h"

#include "host.h"
#include "modules.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uv_work_t work;
  lua_State *L; // the main thread
  int on_done;  // registry reference
  bt_markdown result;
  bt_error error;
  bool succeeded;
  const char *title; // NULL, or within `text`
  size_t length;
  char text[];
} markdown_job;

static void work(uv_work_t *handle) {
  markdown_job *job = handle->data;
  job->succeeded =
      bt_markdown_render(job->text, job->length, job->title, &job->result, &job->error);
}

// Runs protected, for it may run out of memory. Arguments: on_done, light markdown_job.
static int give_result(lua_State *L) {
  const markdown_job *job = lua_touserdata(L, 2);
  lua_settop(L, 1);
  if (job->succeeded) {
    lua_pushstring(L, job->result.html);
    lua_pushstring(L, job->result.heading); // nil for NULL
    lua_call(L, 2, 0);
  } else {
    lua_call(L, bt_host_fail(L, &job->error), 0);
  }
  return 0;
}

static void on_worked(uv_work_t *handle, int status) {
  markdown_job *job = handle->data;
  lua_State *L = job->L;
  if (status == 0) {
    lua_pushcfunction(L, give_result);
    lua_rawgeti(L, LUA_REGISTRYINDEX, job->on_done);
    lua_pushlightuserdata(L, job);
    bt_host_call(L, 2, 0);
  }
  luaL_unref(L, LUA_REGISTRYINDEX, job->on_done);
  bt_markdown_clear(&job->result);
  free(job);
}

static int markdown_render(lua_State *L) {
  size_t length, title_length = 0;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *title = luaL_optlstring(L, 2, NULL, &title_length);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 3);
  bt_error error;
  if (length > bt_markdown_limit) {
    bt_fail(&error, BT_FULL, "markdown: more than 64 KiB");
    return bt_host_fail(L, &error);
  }
  markdown_job *job = calloc(1, sizeof *job + length + title_length + 2);
  if (!job) return luaL_error(L, "markdown: no memory");
  memcpy(job->text, text, length);
  if (title) job->title = memcpy(job->text + length + 1, title, title_length);
  job->length = length;
  job->L = bt_host_main(L);
  job->work.data = job;
  job->on_done = luaL_ref(L, LUA_REGISTRYINDEX);
  uv_queue_work(bt_host_loop(L), &job->work, work, on_worked);
  lua_pushboolean(L, true);
  return 1;
}

int luaopen_core_markdown(lua_State *L) {
  static const luaL_Reg functions[] = {{"render", markdown_render}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
