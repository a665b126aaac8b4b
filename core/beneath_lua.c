// core.beneath: looking at what is beneath a folder, on the loop's pool of threads.
#include "host.h"
#include "look.h"
#include "modules.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

typedef enum { READ, LIST, STAT } look_act;

// One look. Between its start and its end the pool has it; only the loop's thread sees Lua.
typedef struct {
  uv_work_t work;
  look_act act;
  lua_State *L; // main thread
  int on_done;  // registry reference
  char *folder, *path;
  uint64_t limit;
  bt_buffer bytes;
  bt_look_facts facts;
  bool is_done;
  bt_error error;
} look;

// On the pool's thread.
static void run(uv_work_t *work) {
  look *self = work->data;
  if (self->act == READ)
    self->is_done = bt_look_read(self->folder, self->path, self->limit, &self->bytes, &self->error);
  else if (self->act == LIST)
    self->is_done = bt_look_list(self->folder, self->path, self->limit, &self->bytes, &self->error);
  else
    self->is_done = bt_look_stat(self->folder, self->path, &self->facts, &self->error);
}

static void push_facts(lua_State *L, const bt_look_facts *facts) {
  static const char *const kinds[] = {"file", "folder", "other"};
  lua_createtable(L, 0, 4);
  lua_pushstring(L, kinds[facts->kind]);
  lua_setfield(L, -2, "kind");
  lua_pushinteger(L, (lua_Integer)facts->size);
  lua_setfield(L, -2, "size");
  lua_pushinteger(L, facts->modified);
  lua_setfield(L, -2, "modified");
}

static void push_entries(lua_State *L, const bt_buffer *bytes) {
  lua_newtable(L);
  size_t at = 0;
  for (lua_Integer index = 1; at < bytes->length; index++) {
    bt_look_facts facts;
    memcpy(&facts, bytes->data + at, sizeof facts);
    const char *name = bytes->data + at + sizeof facts;
    push_facts(L, &facts);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
    lua_rawseti(L, -2, index);
    at += sizeof facts + strlen(name) + 1;
  }
}

// on_done look(light) →
static int answer(lua_State *L) {
  look *self = lua_touserdata(L, 2);
  lua_settop(L, 1);
  int count = 1;
  if (!self->is_done)
    count = bt_host_fail(L, &self->error);
  else if (self->act == READ)
    lua_pushlstring(L, self->bytes.data ? self->bytes.data : "", self->bytes.length);
  else if (self->act == LIST)
    push_entries(L, &self->bytes);
  else
    push_facts(L, &self->facts);
  lua_call(L, count, 0);
  return 0;
}

static void dispose(look *self) {
  free(self->folder);
  free(self->path);
  bt_buffer_clear(&self->bytes);
  free(self);
}

static void finish(uv_work_t *work, int status) {
  (void)status;
  look *self = work->data;
  lua_State *L = self->L;
  lua_pushcfunction(L, answer);
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->on_done);
  luaL_unref(L, LUA_REGISTRYINDEX, self->on_done);
  lua_pushlightuserdata(L, self);
  bt_host_call(L, 2, 0);
  dispose(self);
}

static const char *check_path(lua_State *L, int index) {
  size_t length;
  const char *path = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, *path && strlen(path) == length, index, "no path");
  return path;
}

static int start(lua_State *L, look_act act) {
  const char *folder = check_path(L, 1), *path = check_path(L, 2);
  lua_Integer limit = luaL_checkinteger(L, 3);
  luaL_argcheck(L, limit >= 0, 3, "a count is negative");
  luaL_checktype(L, 4, LUA_TFUNCTION);
  lua_settop(L, 4);
  int on_done = luaL_ref(L, LUA_REGISTRYINDEX);
  look *self = calloc(1, sizeof *self);
  if (self) {
    self->act = act;
    self->L = bt_host_main(L);
    self->on_done = on_done;
    self->limit = (uint64_t)limit;
    self->work.data = self;
    self->folder = strdup(folder);
    self->path = strdup(path);
    if (self->folder && self->path &&
        uv_queue_work(bt_host_loop(L), &self->work, run, finish) == 0) {
      lua_pushboolean(L, true);
      return 1;
    }
    dispose(self);
  }
  luaL_unref(L, LUA_REGISTRYINDEX, on_done);
  bt_error error;
  bt_fail(&error, BT_FULL, "%s: no memory", path);
  return bt_host_fail(L, &error);
}

static int beneath_read(lua_State *L) {
  return start(L, READ);
}

static int beneath_list(lua_State *L) {
  return start(L, LIST);
}

static int beneath_stat(lua_State *L) {
  return start(L, STAT);
}

int luaopen_core_beneath(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"read", beneath_read}, {"list", beneath_list}, {"stat", beneath_stat}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
