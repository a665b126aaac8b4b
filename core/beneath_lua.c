// core.beneath: looking at what is beneath a folder.
#include "host.h"
#include "look.h"
#include "modules.h"
#include "threads.h"
#include "wait_lua.h"

#include <lauxlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const look_type = "core.beneath.Look";

typedef enum { READ, LIST, STAT } look_act;

// One look, shared by its thread and the loop's: the last one to let go frees it.
typedef struct {
  look_act act;
  char *folder, *path;
  uint64_t limit;
  bt_buffer bytes; // until the thread has waked, its own
  bt_look_facts facts;
  bool is_done;
  bt_error error;
  atomic_int holders;
  pthread_mutex_t mutex; // around waking: nobody is waked who has let go
  void *waker;           // NULL once nobody waits
} look;

static void let_go(look *self) {
  if (atomic_fetch_sub(&self->holders, 1) != 1) return;
  free(self->folder);
  free(self->path);
  bt_buffer_clear(&self->bytes);
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

// On a thread of its own, which a file system that does not answer may hold for ever.
static void *run(void *context) {
  look *self = context;
  if (self->act == READ)
    self->is_done = bt_look_read(self->folder, self->path, self->limit, &self->bytes, &self->error);
  else if (self->act == LIST)
    self->is_done = bt_look_list(self->folder, self->path, self->limit, &self->bytes, &self->error);
  else
    self->is_done = bt_look_stat(self->folder, self->path, &self->facts, &self->error);
  pthread_mutex_lock(&self->mutex);
  if (self->waker) bt_wait_wake(self->waker);
  pthread_mutex_unlock(&self->mutex);
  let_go(self);
  return NULL;
}

static void forget(void *work) {
  look *self = work;
  pthread_mutex_lock(&self->mutex);
  self->waker = NULL;
  pthread_mutex_unlock(&self->mutex);
  let_go(self);
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

static int push_result(lua_State *L, void *work) {
  const look *ended = work;
  if (!ended->is_done) return bt_host_fail(L, &ended->error);
  if (ended->act == READ)
    lua_pushlstring(L, ended->bytes.data ? ended->bytes.data : "", ended->bytes.length);
  else if (ended->act == LIST)
    push_entries(L, &ended->bytes);
  else
    push_facts(L, &ended->facts);
  return 1;
}

static const bt_wait_kind look_kind = {push_result, forget};

static const char *check_path(lua_State *L, int index) {
  size_t length;
  const char *path = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, *path && strlen(path) == length, index, "no path");
  return path;
}

static look *new_look(look_act act, const char *folder, const char *path, uint64_t limit) {
  look *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  self->act = act;
  self->limit = limit;
  self->holders = 1;
  pthread_mutex_init(&self->mutex, NULL);
  self->folder = strdup(folder);
  self->path = strdup(path);
  if (self->folder && self->path) return self;
  let_go(self);
  return NULL;
}

// With a thread, `begun` is shared with it; without one, nothing has changed.
static bool begin(look *begun, void *waker) {
  begun->waker = waker;
  begun->holders = 2;
  if (bt_threads_start(1, run, begun) == 1) return true;
  begun->holders = 1;
  return false;
}

static int start(lua_State *L, look_act act) {
  const char *folder = check_path(L, 1), *path = check_path(L, 2);
  lua_Integer limit = luaL_checkinteger(L, 3);
  luaL_argcheck(L, limit >= 0, 3, "a count is negative");
  luaL_checktype(L, 4, LUA_TFUNCTION);
  lua_settop(L, 4);
  bt_wait *wait = bt_wait_new(L, look_type, &look_kind, 4);
  look *begun = wait ? new_look(act, folder, path, (uint64_t)limit) : NULL;
  bool has_begun = begun && begin(begun, bt_wait_waker(wait));
  if (wait) bt_wait_begin(wait, has_begun ? begun : NULL);
  if (has_begun) return 1;
  if (begun) let_go(begun);
  bt_error error;
  bt_fail(&error, BT_FULL, "%s: no memory, or no thread", path);
  return bt_host_fail(L, &error);
}

static int look_close(lua_State *L) {
  bt_wait_end(luaL_checkudata(L, 1, look_type));
  return 0;
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
  static const luaL_Reg methods[] = {{"close", look_close}, {NULL, NULL}};
  bt_host_type(L, look_type, methods, NULL);
  luaL_newlib(L, functions);
  return 1;
}
