// Passwords for core.crypto: Argon2id by libsodium, on libuv's pool, since one takes a fifth of a
// second and 64 MiB.
#include "crypto_lua.h"
#include "host.h"
#include "pool_lua.h"

#include <lauxlib.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  bt_pool_job base;
  char hash[crypto_pwhash_STRBYTES];
  char *password;
  size_t length;
  unsigned long long passes;
  size_t memory;
  bool is_check;
  bool succeeded;
} password_job;

static void free_job(void *context) {
  password_job *job = context;
  if (job->password) sodium_memzero(job->password, job->length);
  free(job->password);
  free(job);
}

static void work(void *context) {
  password_job *job = context;
  int result = job->is_check
                   ? crypto_pwhash_str_verify(job->hash, job->password, job->length)
                   : crypto_pwhash_str_alg(job->hash, job->password, job->length, job->passes,
                                           job->memory, crypto_pwhash_ALG_ARGON2ID13);
  job->succeeded = result == 0;
}

static int push(lua_State *L, void *context) {
  const password_job *job = context;
  if (job->is_check) {
    lua_pushboolean(L, job->succeeded);
  } else if (job->succeeded) {
    lua_pushstring(L, job->hash);
  } else {
    bt_error error;
    bt_fail(&error, BT_FULL, "password: no memory to hash it");
    return bt_host_fail(L, &error);
  }
  return 1;
}

static const bt_pool_kind kind = {work, push, free_job};

// Takes the function on top of the stack. Returns what the Lua function returns.
static int start(lua_State *L, password_job *job, const char *password, size_t length) {
  bt_error error;
  job->password = malloc(length + 1);
  if (!job->password) {
    free(job);
    bt_fail(&error, BT_FULL, "password: no memory");
    return bt_host_fail(L, &error);
  }
  memcpy(job->password, password, length);
  job->length = length;
  lua_pushnil(L); // it borrows nothing
  lua_insert(L, -2);
  bt_pool_start(L, &job->base, &kind);
  lua_pushboolean(L, true);
  return 1;
}

static password_job *new_job(lua_State *L) {
  password_job *job = calloc(1, sizeof *job);
  if (!job) luaL_error(L, "password: no memory");
  return job;
}

static void check_cost(lua_State *L, int index, lua_Integer *passes, lua_Integer *memory) {
  *passes = luaL_checkinteger(L, index);
  *memory = luaL_checkinteger(L, index + 1);
  luaL_argcheck(L, *passes >= 1 && *passes <= 100, index, "1 to 100 passes");
  luaL_argcheck(L, *memory >= 8192 && *memory <= (lua_Integer)1 << 30, index + 1, "8 KiB to 1 GiB");
}

int bt_crypto_hash_password(lua_State *L) {
  size_t length;
  lua_Integer passes, memory;
  const char *password = luaL_checklstring(L, 1, &length);
  check_cost(L, 2, &passes, &memory);
  luaL_checktype(L, 4, LUA_TFUNCTION);
  lua_settop(L, 4);
  password_job *job = new_job(L);
  job->passes = (unsigned long long)passes;
  job->memory = (size_t)memory;
  return start(L, job, password, length);
}

static const char *check_hash(lua_State *L, int index) {
  size_t length;
  const char *hash = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length < crypto_pwhash_STRBYTES && strlen(hash) == length, index,
                "not a hash of a password");
  return hash;
}

int bt_crypto_check_password(lua_State *L) {
  size_t length;
  const char *hash = check_hash(L, 1);
  const char *password = luaL_checklstring(L, 2, &length);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 3);
  password_job *job = new_job(L);
  job->is_check = true;
  strcpy(job->hash, hash);
  return start(L, job, password, length);
}

int bt_crypto_is_outdated(lua_State *L) {
  char hash[crypto_pwhash_STRBYTES] = {0}; // libsodium reads all of it
  lua_Integer passes, memory;
  strcpy(hash, check_hash(L, 1));
  check_cost(L, 2, &passes, &memory);
  int result = crypto_pwhash_str_needs_rehash(hash, (unsigned long long)passes, (size_t)memory);
  lua_pushboolean(L, result != 0);
  return 1;
}
