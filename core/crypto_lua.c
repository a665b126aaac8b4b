// core.crypto: random bytes, hashes, text forms and passwords by libsodium.
#include "crypto_lua.h"
#include "modules.h"

#include <lauxlib.h>
#include <sodium.h>
#include <string.h>

enum { random_limit = 1 << 20 }; // bytes; nobody needs more, and a wrong number is a mistake

static const unsigned char *check_bytes(lua_State *L, int index, size_t *length) {
  return (const unsigned char *)luaL_checklstring(L, index, length);
}

static int crypto_random(lua_State *L) {
  lua_Integer bytes = luaL_checkinteger(L, 1);
  luaL_argcheck(L, bytes >= 0 && bytes <= random_limit, 1, "0 to 1,048,576 bytes");
  luaL_Buffer buffer;
  randombytes_buf(luaL_buffinitsize(L, &buffer, (size_t)bytes), (size_t)bytes);
  luaL_pushresultsize(&buffer, (size_t)bytes);
  return 1;
}

static int crypto_sha256(lua_State *L) {
  size_t length;
  const unsigned char *message = check_bytes(L, 1, &length);
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, message, length);
  lua_pushlstring(L, (const char *)digest, sizeof digest);
  return 1;
}

static int crypto_hmac_sha256(lua_State *L) {
  size_t key_length, length;
  const unsigned char *key = check_bytes(L, 1, &key_length);
  const unsigned char *message = check_bytes(L, 2, &length);
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key, key_length);
  crypto_auth_hmacsha256_update(&state, message, length);
  crypto_auth_hmacsha256_final(&state, mac);
  sodium_memzero(&state, sizeof state);
  lua_pushlstring(L, (const char *)mac, sizeof mac);
  return 1;
}

static int crypto_equal(lua_State *L) {
  size_t a_length, b_length;
  const unsigned char *a = check_bytes(L, 1, &a_length);
  const unsigned char *b = check_bytes(L, 2, &b_length);
  lua_pushboolean(L, a_length == b_length && sodium_memcmp(a, b, a_length) == 0);
  return 1;
}

static int crypto_base64url(lua_State *L) {
  static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  size_t length;
  const unsigned char *bytes = check_bytes(L, 1, &length);
  size_t room = sodium_base64_encoded_len(length, variant); // with the final NUL
  luaL_Buffer buffer;
  char *text = luaL_buffinitsize(L, &buffer, room);
  sodium_bin2base64(text, room, bytes, length, variant);
  luaL_pushresultsize(&buffer, room - 1);
  return 1;
}

// Without `end` libsodium would take a NUL for the end of the text.
static int crypto_from_base64url(lua_State *L) {
  static const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  size_t length, written;
  const char *text = luaL_checklstring(L, 1, &length), *end;
  luaL_Buffer buffer;
  unsigned char *bytes = (unsigned char *)luaL_buffinitsize(L, &buffer, length + 1);
  int result = sodium_base642bin(bytes, length + 1, text, length, NULL, &written, &end, variant);
  if (result != 0 || end != text + length) return 0;
  luaL_pushresultsize(&buffer, written);
  return 1;
}

static int crypto_hex(lua_State *L) {
  size_t length;
  const unsigned char *bytes = check_bytes(L, 1, &length);
  luaL_Buffer buffer;
  char *digits = luaL_buffinitsize(L, &buffer, length * 2 + 1);
  sodium_bin2hex(digits, length * 2 + 1, bytes, length);
  luaL_pushresultsize(&buffer, length * 2);
  return 1;
}

static int crypto_from_hex(lua_State *L) {
  size_t length, written;
  const char *digits = luaL_checklstring(L, 1, &length), *end;
  luaL_Buffer buffer;
  unsigned char *bytes = (unsigned char *)luaL_buffinitsize(L, &buffer, length / 2 + 1);
  int result = sodium_hex2bin(bytes, length / 2 + 1, digits, length, NULL, &written, &end);
  if (result != 0 || end != digits + length) return 0;
  luaL_pushresultsize(&buffer, written);
  return 1;
}

int luaopen_core_crypto(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"random", crypto_random},
      {"sha256", crypto_sha256},
      {"hmac_sha256", crypto_hmac_sha256},
      {"equal", crypto_equal},
      {"base64url", crypto_base64url},
      {"from_base64url", crypto_from_base64url},
      {"hex", crypto_hex},
      {"from_hex", crypto_from_hex},
      {"hash_password", bt_crypto_hash_password},
      {"check_password", bt_crypto_check_password},
      {"is_outdated", bt_crypto_is_outdated},
      {NULL, NULL},
  };
  if (sodium_init() < 0) return luaL_error(L, "libsodium: the system has no random numbers");
  luaL_newlib(L, functions);
  lua_pushstring(L, sodium_version_string());
  lua_setfield(L, -2, "library");
  return 1;
}
