// A request becomes a table.
#include "http_lua.h"

#include <lauxlib.h>
#include <string.h>

static void push_segments(lua_State *L, const bt_http_request *request) {
  const char *segment = request->segments;
  lua_createtable(L, (int)request->segment_count, 0);
  for (size_t i = 1; i <= request->segment_count; i++) {
    lua_pushstring(L, segment);
    lua_rawseti(L, -2, (lua_Integer)i);
    segment += strlen(segment) + 1;
  }
}

static void push_lower(lua_State *L, const char *text, size_t length) {
  luaL_Buffer buffer;
  char *lower = luaL_buffinitsize(L, &buffer, length);
  for (size_t i = 0; i < length; i++)
    lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
  luaL_pushresultsize(&buffer, length);
}

static void push_headers(lua_State *L, const bt_http_request *request) {
  lua_createtable(L, 0, (int)request->field_count);
  for (size_t i = 0; i < request->field_count; i++) {
    const bt_http_field *field = &request->fields[i];
    push_lower(L, field->name, field->name_length); // headers name
    lua_pushvalue(L, -1);
    bool repeated = lua_rawget(L, -3) == LUA_TSTRING; // headers name earlier
    if (repeated) lua_pushliteral(L, ", ");
    lua_pushlstring(L, field->value, field->value_length);
    if (repeated) lua_concat(L, 3);
    if (!repeated) lua_remove(L, -2);
    lua_rawset(L, -3);
  }
}

static void set_string(lua_State *L, const char *key, const char *value, size_t length) {
  lua_pushlstring(L, value, length);
  lua_setfield(L, -2, key);
}

int bt_http_push_request(lua_State *L) {
  const bt_http_request *request = lua_touserdata(L, 1);
  lua_createtable(L, 0, 15);
  lua_pushinteger(L, (lua_Integer)request->id);
  lua_setfield(L, -2, "id");
  lua_pushinteger(L, request->port);
  lua_setfield(L, -2, "port");
  lua_pushboolean(L, request->slash);
  lua_setfield(L, -2, "slash");
  set_string(L, "method", request->method, strlen(request->method));
  set_string(L, "target", request->target, strlen(request->target));
  set_string(L, "query", request->query, strlen(request->query));
  set_string(L, "body", request->body, request->body_length);
  set_string(L, "address", request->address, strlen(request->address));
  set_string(L, "host", request->host, request->host_length);
  set_string(L, "version", request->version, strlen(request->version));
  if (request->body_file >= 0) {
    lua_pushinteger(L, request->body_file);
    lua_setfield(L, -2, "body_file");
    lua_pushinteger(L, (lua_Integer)request->body_file_length);
    lua_setfield(L, -2, "body_length");
    if (request->body_digest_length > 0)
      set_string(L, "body_digest", (const char *)request->body_digest, request->body_digest_length);
  }
  push_segments(L, request);
  lua_setfield(L, -2, "segments");
  push_headers(L, request);
  lua_setfield(L, -2, "headers");
  return 1;
}
