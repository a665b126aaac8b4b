// core.markdown: Markdown as safe HTML, made on libuv's pool.
#include "markdown.h"

#include "host.h"
#include "modules.h"
#include "pool_lua.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  bt_pool_job base;
  bt_markdown result;
  bt_error error;
  bool succeeded;
  const char *title; // NULL, or within `text`
  size_t length;
  char text[];
} markdown_job;

static void work(void *context) {
  markdown_job *job = context;
  job->succeeded =
      bt_markdown_render(job->text, job->length, job->title, &job->result, &job->error);
}

static int push(lua_State *L, void *context) {
  const markdown_job *job = context;
  if (!job->succeeded) return bt_host_fail(L, &job->error);
  lua_pushstring(L, job->result.html);
  lua_pushstring(L, job->result.heading); // nil for NULL
  return 2;
}

static void free_job(void *context) {
  markdown_job *job = context;
  bt_markdown_clear(&job->result);
  free(job);
}

static const bt_pool_kind kind = {work, push, free_job};

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
  lua_pushnil(L); // it borrows nothing
  lua_insert(L, -2);
  bt_pool_start(L, &job->base, &kind);
  lua_pushboolean(L, true);
  return 1;
}

int luaopen_core_markdown(lua_State *L) {
  static const luaL_Reg functions[] = {{"render", markdown_render}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
