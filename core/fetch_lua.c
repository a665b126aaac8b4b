// core.fetch: fetches over HTTP and HTTPS, and hands over mails.
#include "fetch.h"

#include "beneath.h"
#include "host.h"
#include "modules.h"
#include "wait_lua.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const fetch_type = "core.fetch.Fetch";

static void push_response(lua_State *L, const bt_fetch_response *response) {
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, response->status);
  lua_setfield(L, -2, "status");
  lua_pushlstring(L, response->body, response->length);
  lua_setfield(L, -2, "body");
  if (*response->location) {
    lua_pushstring(L, response->location);
    lua_setfield(L, -2, "location");
  }
  if (*response->head) {
    lua_pushstring(L, response->head);
    lua_setfield(L, -2, "head");
  }
  if (*response->etag) {
    lua_pushstring(L, response->etag);
    lua_setfield(L, -2, "etag");
  }
}

static int push_result(lua_State *L, void *work) {
  bt_error error;
  const bt_fetch_response *response = bt_fetch_result(work, &error);
  if (!response) return bt_host_fail(L, &error);
  push_response(L, response);
  return 1;
}

static void let_go(void *work) {
  bt_fetch_free(work);
}

static const bt_wait_kind fetch_kind = {push_result, let_go};

static const char *field(lua_State *L, const char *name, bool is_needed) {
  int kind = lua_getfield(L, 1, name);
  if (kind == LUA_TNIL && !is_needed) return NULL;
  if (kind != LUA_TSTRING) luaL_error(L, "%s: a string is needed", name);
  const char *text = lua_tostring(L, -1);
  if (strpbrk(text, "\r\n") || strlen(text) != lua_rawlen(L, -1))
    luaL_error(L, "%s: holds a line break or a zero", name);
  return text; // the table keeps it
}

static uint64_t number(lua_State *L, const char *name, lua_Integer otherwise) {
  lua_getfield(L, 1, name);
  lua_Integer value = luaL_optinteger(L, -1, otherwise);
  luaL_argcheck(L, value >= 0, 1, "a count is negative");
  return (uint64_t)value;
}

// The list `headers` as one text, a line each, on the stack; NULL where there is none.
static const char *header_lines(lua_State *L) {
  int kind = lua_getfield(L, 1, "headers");
  if (kind == LUA_TNIL) return NULL;
  luaL_argcheck(L, kind == LUA_TTABLE, 1, "headers: a list is needed");
  luaL_Buffer lines;
  int list = lua_gettop(L);
  luaL_buffinit(L, &lines);
  for (lua_Integer index = 1; lua_rawgeti(L, list, index) == LUA_TSTRING; index++) {
    const char *line = lua_tostring(L, -1);
    if (strpbrk(line, "\r\n") || strlen(line) != lua_rawlen(L, -1) || !strchr(line, ':'))
      luaL_error(L, "headers: \"Name: value\" is needed");
    luaL_addvalue(&lines);
    luaL_addchar(&lines, '\n');
  }
  lua_pop(L, 1);
  luaL_pushresult(&lines);
  return lua_tostring(L, -1);
}

static const char *bytes_field(lua_State *L, const char *name, size_t *length) {
  int kind = lua_getfield(L, 1, name);
  if (kind == LUA_TNIL) return NULL;
  if (kind != LUA_TSTRING) luaL_error(L, "%s: a string is needed", name);
  return lua_tolstring(L, -1, length);
}

static int fetch_start(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  bt_fetch_request request = {
      .url = field(L, "url", true),
      .accept = field(L, "accept", false),
      .if_range = field(L, "if_range", false),
      .limit = number(L, "limit", 1 << 20),
      .path = field(L, "path", false),
      .from = number(L, "from", 0),
      .method = field(L, "method", false),
      .mail.to = field(L, "mail_to", false),
      .milliseconds = (uint32_t)number(L, "timeout", 0),
      .folder = -1,
      .wake = bt_wait_wake,
  };
  if (request.mail.to) request.mail.from = field(L, "mail_from", true);
  request.user = field(L, "user", false);
  request.password = field(L, "password", request.user != NULL);
  luaL_argcheck(L, request.mail.to || !request.user || !strchr(request.user, ':'), 1,
                "user: holds a colon");
  request.send = bytes_field(L, "body", &request.send_length);
  request.headers = header_lines(L);
  lua_getfield(L, 1, "wants_head");
  request.wants_head = lua_toboolean(L, -1);
  const char *folder = field(L, "folder", request.path != NULL);
  bt_error error = {BT_FULL, "fetch: no memory"};
  if (folder && (request.folder = bt_beneath_root(folder, &error)) < 0)
    return bt_host_fail(L, &error);
  bt_wait *wait = bt_wait_new(L, fetch_type, &fetch_kind, 2);
  bt_fetch *started = NULL;
  if (wait) {
    request.context = bt_wait_waker(wait);
    started = bt_fetch_start(&request, &error);
    bt_wait_begin(wait, started);
  }
  if (request.folder >= 0) close(request.folder);
  return started ? 1 : bt_host_fail(L, &error);
}

static int fetch_received(lua_State *L) {
  const bt_fetch *running = bt_wait_work(luaL_checkudata(L, 1, fetch_type));
  if (!running) return 0;
  lua_pushinteger(L, (lua_Integer)bt_fetch_received(running));
  return 1;
}

static int fetch_close(lua_State *L) {
  bt_wait_end(luaL_checkudata(L, 1, fetch_type));
  return 0;
}

// Runs `act` on a folder that is opened for it, and pushes what came of it.
static int in_folder(lua_State *L, int (*act)(lua_State *L, int folder)) {
  bt_error error;
  int folder = bt_beneath_root(luaL_checkstring(L, 1), &error);
  if (folder < 0) return bt_host_fail(L, &error);
  int failure = act(L, folder);
  close(folder);
  if (failure) {
    bt_fail_errno(&error, failure, "%s", lua_tostring(L, 2));
    return bt_host_fail(L, &error);
  }
  lua_pushboolean(L, true);
  return 1;
}

static int act_unlink(lua_State *L, int folder) {
  return bt_beneath_unlink(folder, lua_tostring(L, 2), lua_toboolean(L, 3) ? AT_REMOVEDIR : 0);
}

static int fetch_unlink(lua_State *L) {
  luaL_checkstring(L, 2);
  return in_folder(L, act_unlink);
}

static int act_rename(lua_State *L, int folder) {
  return bt_beneath_rename(folder, lua_tostring(L, 2), lua_tostring(L, 3));
}

static int fetch_rename(lua_State *L) {
  luaL_checkstring(L, 2);
  luaL_checkstring(L, 3);
  return in_folder(L, act_rename);
}

int luaopen_core_fetch(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"received", fetch_received}, {"close", fetch_close}, {NULL, NULL}};
  static const luaL_Reg functions[] = {
      {"start", fetch_start}, {"unlink", fetch_unlink}, {"rename", fetch_rename}, {NULL, NULL}};
  luaL_newmetatable(L, fetch_type);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_pushstring(L, bt_fetch_library());
  lua_setfield(L, -2, "library");
  return 1;
}
