// core.tree: shared folders, as Lua walks and watches them.
#include "host.h"
#include "modules.h"
#include "tree.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_name = "core.tree.Root";
static const uint64_t gather_period = 100; // milliseconds

// What Lua waits for with one scan.
typedef struct request {
  int on_entries, on_done; // references in the registry
  struct request *previous, *next;
} request;

// Outlives the userdata until libuv has let go of all handles.
typedef struct {
  uv_async_t async; // the scan's thread has something
  uv_timer_t timer; // changes are delivered when it ends
  uv_poll_t poll;   // of inotify
  bool has_poll;
  int open_handles;
  lua_State *L;  // the main thread
  bt_tree *tree; // NULL: closed
  int on_change; // reference in the registry
  request *requests;
} root_state;

static root_state *check_root(lua_State *L) {
  root_state **box = luaL_checkudata(L, 1, type_name);
  if (!*box) luaL_error(L, "tree: closed");
  return *box;
}

static void drop_request(root_state *state, request *waiting) {
  luaL_unref(state->L, LUA_REGISTRYINDEX, waiting->on_entries);
  luaL_unref(state->L, LUA_REGISTRYINDEX, waiting->on_done);
  if (waiting->previous)
    waiting->previous->next = waiting->next;
  else
    state->requests = waiting->next;
  if (waiting->next) waiting->next->previous = waiting->previous;
  free(waiting);
}

static void set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_skipped(lua_State *L, const bt_entry *entry) {
  const char *at = entry->skipped;
  lua_createtable(L, (int)entry->skipped_count, 0);
  for (size_t i = 0; i < entry->skipped_count; i++) {
    lua_createtable(L, 0, 2);
    set_string(L, "path", at);
    at += strlen(at) + 1;
    set_string(L, "reason", at);
    at += strlen(at) + 1;
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "skipped");
}

static void push_entry(lua_State *L, const bt_entry *entry) {
  static const char *const kinds[] = {"file", "folder", "skipped", "absent"};
  static const char *const writers[] = {"none", "some", "unknown"};
  lua_createtable(L, 0, 10);
  set_string(L, "name", entry->name);
  set_string(L, "kind", kinds[entry->kind]);
  lua_pushlstring(L, entry->manifest ? entry->manifest : "", entry->manifest_length);
  lua_setfield(L, -2, "manifest");
  set_integer(L, "files", entry->files);
  set_integer(L, "size", entry->size);
  set_integer(L, "newest", (uint64_t)entry->newest);
  set_string(L, "writers", writers[entry->writers]);
  if (entry->skipped_count > 0) set_skipped(L, entry);
  if (entry->skipped_more > 0) set_integer(L, "skipped_more", entry->skipped_more);
  if (entry->kind == BT_ENTRY_SKIPPED) set_string(L, "reason", entry->reason);
}

// Runs protected, for it may run out of memory. Arguments: on_entries, light bt_batch.
static int give_entries(lua_State *L) {
  const bt_batch *batch = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  lua_createtable(L, (int)batch->count, 0);
  for (size_t i = 0; i < batch->count; i++) {
    push_entry(L, &batch->entries[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_call(L, 1, 0);
  return 0;
}

// Arguments: on_done, light bt_batch.
static int give_end(lua_State *L) {
  const bt_batch *batch = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  int count = 1;
  if (batch->succeeded)
    lua_pushboolean(L, true);
  else
    count = bt_host_fail(L, &batch->error);
  lua_call(L, count, 0);
  return 0;
}

static void deliver(root_state *state, bt_batch *batch) {
  lua_State *L = state->L;
  request *waiting = batch->context;
  lua_pushcfunction(L, batch->is_last ? give_end : give_entries);
  lua_rawgeti(L, LUA_REGISTRYINDEX, batch->is_last ? waiting->on_done : waiting->on_entries);
  lua_pushlightuserdata(L, batch);
  if (batch->is_last) drop_request(state, waiting);
  bt_host_call(L, 2, 0);
}

static void gather(root_state *state);

// A turn of the loop delivers one batch, then lets others have theirs.
static void on_async(uv_async_t *async) {
  root_state *state = async->data;
  if (!state->tree) return;
  gather(state); // the scan may have met the limit of watches
  bt_batch *batch = bt_tree_next(state->tree);
  if (!batch) return;
  deliver(state, batch);
  bt_batch_free(batch);
  if (state->tree) uv_async_send(async);
}

static void wake(void *context) {
  root_state *state = context;
  uv_async_send(&state->async);
}

static void push_change(void *context, const bt_change *change) {
  static const char *const notices[] = {NULL, "overflow", "limit", "gone"};
  static const char *const flags[] = {"created", "modified", "attributes",
                                      "removed", "moved",    "closed"};
  lua_State *L = context;
  lua_createtable(L, 0, 4);
  set_string(L, change->notice ? "message" : "name", change->name);
  if (change->notice) set_string(L, "notice", notices[change->notice]);
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (!(change->flags & 1u << i)) continue;
    lua_pushboolean(L, true);
    lua_setfield(L, -2, flags[i]);
  }
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

// Runs protected. Arguments: on_change, light bt_tree.
static int give_changes(lua_State *L) {
  bt_tree *tree = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  lua_newtable(L);
  bt_tree_take_changes(tree, push_change, L);
  lua_call(L, 1, 0);
  return 0;
}

static void on_timer(uv_timer_t *timer) {
  root_state *state = timer->data;
  lua_State *L = state->L;
  lua_pushcfunction(L, give_changes);
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->on_change);
  lua_pushlightuserdata(L, state->tree);
  bt_host_call(L, 2, 0);
}

static void gather(root_state *state) {
  if (bt_tree_gather(state->tree) && !uv_is_active((uv_handle_t *)&state->timer))
    uv_timer_start(&state->timer, on_timer, gather_period, 0);
}

static void on_readable(uv_poll_t *poll, int status, int events) {
  (void)status;
  (void)events;
  gather(poll->data);
}

static void on_closed(uv_handle_t *handle) {
  root_state *state = handle->data;
  if (--state->open_handles == 0) free(state);
}

static int tree_close(lua_State *L) {
  root_state **box = luaL_checkudata(L, 1, type_name);
  root_state *state = *box;
  *box = NULL;
  if (!state) return 0;
  if (state->has_poll) uv_close((uv_handle_t *)&state->poll, on_closed); // before its descriptor
  bt_tree_close(state->tree);
  state->tree = NULL;
  uv_close((uv_handle_t *)&state->timer, on_closed);
  uv_close((uv_handle_t *)&state->async, on_closed);
  while (state->requests)
    drop_request(state, state->requests);
  luaL_unref(L, LUA_REGISTRYINDEX, state->on_change);
  return 0;
}

// All or nothing: on failure every handle made is closing and the state frees itself.
static bool open_handles(root_state *state, uv_loop_t *loop) {
  int descriptor = bt_tree_descriptor(state->tree);
  state->async.data = state->timer.data = state->poll.data = state;
  uv_timer_init(loop, &state->timer); // cannot fail
  state->open_handles = 1;
  bool has_async = uv_async_init(loop, &state->async, on_async) == 0;
  if (has_async) state->open_handles++;
  if (has_async && descriptor >= 0 && uv_poll_init(loop, &state->poll, descriptor) == 0) {
    state->has_poll = true;
    state->open_handles++;
    uv_poll_start(&state->poll, UV_READABLE, on_readable);
  }
  if (has_async && (descriptor < 0 || state->has_poll)) return true;
  uv_close((uv_handle_t *)&state->timer, on_closed);
  if (has_async) uv_close((uv_handle_t *)&state->async, on_closed);
  return false;
}

static lua_Integer check_field(lua_State *L, int table, const char *name, lua_Integer otherwise,
                               lua_Integer most) {
  lua_Integer value = otherwise;
  if (lua_getfield(L, table, name) != LUA_TNIL) {
    int is_integer;
    value = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || value < 1 || value > most)
      luaL_error(L, "%s: must be a whole number from 1 to %d", name, (int)most);
  }
  lua_pop(L, 1);
  return value;
}

static int tree_open(lua_State *L) {
  bt_tree_options options = {.wake = wake};
  const char *path = luaL_checkstring(L, 1);
  luaL_argcheck(L, path[0] == '/', 1, "path: must be absolute");
  luaL_checktype(L, 2, LUA_TFUNCTION);
  if (!lua_isnoneornil(L, 3)) {
    luaL_checktype(L, 3, LUA_TTABLE);
    options.watch_limit = (int)check_field(L, 3, "watch_limit", 0, 1 << 30);
  }
  root_state **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, type_name);
  bt_host_own(L, -1);
  lua_pushvalue(L, 2);
  int on_change = luaL_ref(L, LUA_REGISTRYINDEX);

  bt_error error;
  root_state *state = calloc(1, sizeof *state);
  if (!state)
    bt_fail(&error, BT_FULL, "%s: no memory", path);
  else {
    options.context = state;
    state->L = bt_host_main(L);
    state->on_change = on_change;
    state->tree = bt_tree_open(path, &options, &error);
    if (!state->tree)
      free(state);
    else if (open_handles(state, bt_host_loop(L)))
      *box = state;
    else {
      bt_tree_close(state->tree);
      bt_fail(&error, BT_FULL, "%s: no handle can be had", path);
    }
  }

  if (*box) return 1;
  luaL_unref(L, LUA_REGISTRYINDEX, on_change);
  return bt_host_fail(L, &error);
}

// Reads the list of strings in the field `name`; the array is a userdata left on the stack (or nil
// where there is no such field), the strings stay in the table.
static const char *const *check_list(lua_State *L, const char *name, size_t *count) {
  *count = 0;
  if (lua_getfield(L, 2, name) == LUA_TNIL) return NULL;
  luaL_checktype(L, -1, LUA_TTABLE);
  *count = lua_rawlen(L, -1);
  const char **items = lua_newuserdatauv(L, (*count + 1) * sizeof *items, 0); // list items
  for (size_t i = 0; i < *count; i++) {
    size_t length;
    if (lua_rawgeti(L, -2, (lua_Integer)i + 1) != LUA_TSTRING)
      luaL_error(L, "%s: must be a list of strings", name);
    items[i] = lua_tolstring(L, -1, &length);
    if (strlen(items[i]) != length) luaL_error(L, "%s: has a zero byte", name);
    lua_pop(L, 1);
  }
  return items;
}

static void check_components(lua_State *L, const bt_scan *scan) {
  for (size_t i = 0; i < scan->name_count; i++) {
    const char *name = scan->names[i];
    if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      luaL_error(L, "entries: \"%s\" is not a name directly inside the folder", name);
    if (strlen(name) > 255) luaL_error(L, "entries: a name is longer than 255 bytes");
  }
}

static bool check_flag(lua_State *L, const char *name) {
  lua_getfield(L, 2, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

static int reference(lua_State *L, int index) {
  lua_pushvalue(L, index);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

static int tree_scan(lua_State *L) {
  root_state *state = check_root(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  luaL_checktype(L, 4, LUA_TFUNCTION);
  bt_scan scan = {.watch = check_flag(L, "watch"), .leases = check_flag(L, "leases")};
  scan.depth = (int)check_field(L, 2, "depth", 32, bt_tree_most_depth);
  scan.names = check_list(L, "entries", &scan.name_count);
  scan.ignore = check_list(L, "ignore", &scan.ignore_count);
  check_components(L, &scan);
  int on_entries = reference(L, 3), on_done = reference(L, 4);

  bt_error error;
  bool is_queued = false;
  request *waiting = calloc(1, sizeof *waiting);
  if (waiting) {
    *waiting = (request){on_entries, on_done, NULL, state->requests};
    if (waiting->next) waiting->next->previous = waiting;
    state->requests = waiting;
    scan.context = waiting;
    is_queued = bt_tree_scan(state->tree, &scan, &error);
    if (!is_queued) drop_request(state, waiting);
  } else
    bt_fail(&error, BT_FULL, "scan: no memory");

  if (!is_queued) return bt_host_fail(L, &error);
  lua_pushboolean(L, true);
  return 1;
}

static int tree_info(lua_State *L) {
  root_state **box = luaL_checkudata(L, 1, type_name);
  bt_error error;
  if (!*box) {
    bt_fail(&error, BT_GONE, "tree: closed");
    return bt_host_fail(L, &error);
  }
  bt_tree_info info;
  bt_tree_get_info((*box)->tree, &info);
  lua_createtable(L, 0, 6);
  set_string(L, "path", info.path);
  set_integer(L, "device", info.device);
  set_integer(L, "inode", info.inode);
  set_integer(L, "filesystem", info.filesystem);
  set_integer(L, "watches", (uint64_t)info.watches);
  lua_pushboolean(L, info.is_network);
  lua_setfield(L, -2, "network");
  return 1;
}

int luaopen_core_tree(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"scan", tree_scan},
      {"info", tree_info},
      {"close", tree_close},
      {NULL, NULL},
  };
  static const luaL_Reg functions[] = {{"open", tree_open}, {NULL, NULL}};
  luaL_newmetatable(L, type_name);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, tree_close);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
