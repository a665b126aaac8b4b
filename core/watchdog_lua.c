// core.watchdog: runs code whose time and memory are watched.
#include "host.h"
#include "modules.h"
#include "watchdog.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>

static const char state_key = 0; // → watchdog_state
static const char look_key = 0;  // → function of core.watchdog.on_look

#define OWNER "btshare.watchdog.owner"

static const int64_t second = 1000000000;
static const int64_t first_look = 80000000;
enum {
  instructions_unwatched =
      10000,           // between two looks at the clock, as long as there is no thread that does it
  instructions = 1000, // between two looks, once there is a reason to look
  cleanup_instructions = 20000 // that code has after it was interrupted, to close what it has open
};

typedef struct {
  bt_watchdog *dog;
} watchdog_state;

typedef struct {
  bt_account *account;
  int64_t limit; // nanoseconds of a run
  char name[bt_watchdog_name_bytes];
} watchdog_owner;

typedef struct {
  bt_watch_run run; // first: a bt_watch_run of ours is one of these
  const watchdog_owner *owner;
} owner_run;

static watchdog_state *state_of(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
  watchdog_state *state = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return state;
}

static int64_t first_look_of(const watchdog_owner *owner) {
  return owner->limit < first_look ? owner->limit : first_look;
}

// Looks where watched code is, and lets it be interrupted. The hook that called this was set in the
// middle of anything.
static void look(lua_State *L, lua_Debug *record) {
  bt_watchdog *dog = state_of(L)->dog;
  const bt_watch_run *run = bt_watchdog_top(dog);
  if (!run || run->context != L) {
    lua_sethook(L, NULL, 0, 0);
    return;
  }
  const watchdog_owner *owner = ((const owner_run *)run)->owner;
  int64_t age = bt_watchdog_age(run);
  bool is_started = bt_watchdog_is_started(dog), is_over = age >= owner->limit;
  if (!is_started && age < first_look_of(owner)) return;
  if (is_over)
    lua_sethook(L, look, LUA_MASKCOUNT, cleanup_instructions);
  else if (is_started)
    lua_sethook(L, NULL, 0, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &look_key); // look
  lua_pushnumber(L, (lua_Number)age / (lua_Number)second);
  lua_pushboolean(L, is_over);
  lua_pushboolean(L, record->event != LUA_HOOKCOUNT);
  lua_call(L, 3, 0); // raises where the code may be interrupted
  if (is_over)
    lua_sethook(L, look, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, instructions);
  else if (is_started)
    bt_watchdog_look_again(dog, owner->limit);
}

// Inside a signal handler, where lua_sethook is one of the few things that may be done (lua.c does
// no other).
static void interrupt(void *context) {
  lua_sethook(context, look, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, instructions);
}

static int watchdog_on_look(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &look_key);
  return 0;
}

static int watchdog_start(lua_State *L) {
  bt_error error;
  if (!bt_watchdog_start(state_of(L)->dog, interrupt, &error)) return bt_host_fail(L, &error);
  lua_pushboolean(L, true);
  return 1;
}

static int watchdog_note_in(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  bt_watchdog *dog = state_of(L)->dog;
  char former[bt_watchdog_name_bytes];
  bt_error error;
  if (bt_watchdog_is_started(dog)) {
    bt_fail(&error, BT_BUSY, "%s: the watchdog looks already", path);
    return bt_host_fail(L, &error);
  }
  if (!bt_watchdog_note_in(dog, path, former, &error)) return bt_host_fail(L, &error);
  lua_pushstring(L, former);
  return 1;
}

static int watchdog_owner_new(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_Number seconds = luaL_checknumber(L, 2);
  lua_Integer bytes = luaL_checkinteger(L, 3);
  luaL_argcheck(L, seconds > 0 && seconds < 1e9, 2, "must be above 0");
  luaL_argcheck(L, bytes > 0, 3, "must be above 0");
  watchdog_owner *owner = lua_newuserdatauv(L, sizeof *owner, 0);
  owner->limit = (int64_t)(seconds * (lua_Number)second);
  owner->account = NULL;
  snprintf(owner->name, sizeof owner->name, "%s", name);
  luaL_setmetatable(L, OWNER);
  owner->account = bt_account_open((size_t)bytes);
  if (!owner->account) return luaL_error(L, "not enough memory");
  return 1;
}

static int nothing(lua_State *L) {
  (void)L;
  return 0;
}

// owner, thread, fn, ... → nanoseconds, results of fn.
static int owner_run_call(lua_State *L) {
  const watchdog_owner *owner = luaL_checkudata(L, 1, OWNER);
  lua_State *thread = lua_tothread(L, 2);
  luaL_argexpected(L, thread, 2, "thread");
  luaL_checktype(L, 3, LUA_TFUNCTION);
  bt_watchdog *dog = state_of(L)->dog;
  bt_memory *memory = bt_host_memory(L);
  bt_account *former = memory->current;
  owner_run run = {.run = {.name = owner->name, .context = thread}, .owner = owner};

  // What Lua needs for a call it allocates once and keeps: now, since an owner that has taken all
  // it may could not even be ended otherwise.
  lua_pushcfunction(L, nothing);
  lua_call(L, 0, 0);
  bt_watchdog_enter(dog, &run.run, first_look_of(owner));
  if (!bt_watchdog_is_started(dog))
    lua_sethook(thread, look, LUA_MASKCOUNT, instructions_unwatched);
  memory->current = owner->account;
  int status = lua_pcall(L, lua_gettop(L) - 3, LUA_MULTRET,
                         0); // only misuse fails here: it is what fn answers
  memory->current = former;
  int64_t taken = bt_watchdog_leave(dog, &run.run);
  if (lua_gethook(thread) == look) lua_sethook(thread, NULL, 0, 0);

  if (status != LUA_OK) return lua_error(L);
  lua_pushinteger(L, taken); // owner thread results... nanoseconds
  lua_replace(L, 2);
  return lua_gettop(L) - 1;
}

static int owner_memory(lua_State *L) {
  const watchdog_owner *owner = luaL_checkudata(L, 1, OWNER);
  lua_pushinteger(L, (lua_Integer)bt_account_used(owner->account));
  return 1;
}

static int owner_collect(lua_State *L) {
  watchdog_owner *owner = luaL_checkudata(L, 1, OWNER);
  if (owner->account) bt_account_close(owner->account);
  owner->account = NULL;
  return 0;
}

static int state_collect(lua_State *L) {
  watchdog_state *state = lua_touserdata(L, 1);
  if (state->dog) bt_watchdog_close(state->dog);
  state->dog = NULL;
  return 0;
}

int luaopen_core_watchdog(lua_State *L) {
  static const luaL_Reg functions[] = {{"on_look", watchdog_on_look},
                                       {"note_in", watchdog_note_in},
                                       {"start", watchdog_start},
                                       {"owner", watchdog_owner_new},
                                       {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"run", owner_run_call}, {"memory", owner_memory}, {NULL, NULL}};
  bt_host_type(L, OWNER, methods, owner_collect);
  watchdog_state *state = lua_newuserdatauv(L, sizeof *state, 0); // state
  bt_error error;
  state->dog = bt_watchdog_open(&error);
  if (!state->dog) return luaL_error(L, "%s", error.message);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, state_collect);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &state_key);
  luaL_newlib(L, functions);
  return 1;
}
