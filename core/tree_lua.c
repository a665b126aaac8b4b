// core.tree: shared folders, as Lua walks and watches them.
#include "tree_lua.h"
#include "host.h"
#include "modules.h"

#include <lauxlib.h>
#include <stdlib.h>

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

// Runs protected, for it may run out of memory. Arguments: on_entries, light bt_batch.
static int give_entries(lua_State *L) {
  const bt_batch *batch = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  lua_createtable(L, (int)batch->count, 0);
  for (size_t i = 0; i < batch->count; i++) {
    bt_tree_push_entry(L, &batch->entries[i]);
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

// Runs protected. Arguments: on_change, light bt_tree.
static int give_changes(lua_State *L) {
  bt_tree *tree = lua_touserdata(L, 2);
  lua_pushvalue(L, 1);
  lua_newtable(L);
  bt_tree_take_changes(tree, bt_tree_push_change, L);
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

static int tree_open(lua_State *L) {
  bt_tree_options options = {.wake = wake};
  const char *path = luaL_checkstring(L, 1);
  luaL_argcheck(L, path[0] == '/', 1, "path: must be absolute");
  luaL_checktype(L, 2, LUA_TFUNCTION);
  if (!lua_isnoneornil(L, 3)) {
    luaL_checktype(L, 3, LUA_TTABLE);
    options.watch_limit = (int)bt_tree_check_integer(L, 3, "watch_limit", 0, 1 << 30);
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

static int reference(lua_State *L, int index) {
  lua_pushvalue(L, index);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

static int tree_scan(lua_State *L) {
  root_state *state = check_root(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  luaL_checktype(L, 4, LUA_TFUNCTION);
  bt_scan scan = {0};
  bt_tree_check_scan(L, 2, &scan);
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
  bt_tree_push_info(L, &info);
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
  bt_host_type(L, type_name, methods, tree_close);
  luaL_newlib(L, functions);
  return 1;
}
