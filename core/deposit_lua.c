// core.deposit: files that come into being whole. They are written without a name (O_TMPFILE), and
// get one that nothing has when all of them is on the disk, so that nobody ever sees a part.
#include "error.h"
#include "host.h"
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *check_path(lua_State *L, int index) {
  size_t length;
  const char *path = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, strlen(path) == length, index, "no path");
  return path;
}

// Without AT_EMPTY_PATH, which takes a capability (linkat(2)).
static int deposit_publish(lua_State *L) {
  lua_Integer file = luaL_checkinteger(L, 1);
  const char *path = check_path(L, 2);
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%lld", (long long)file);
  if (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) {
    lua_pushboolean(L, true);
    return 1;
  }
  bt_error error;
  bt_fail_errno(&error, errno, "%s", path);
  return bt_host_fail(L, &error);
}

int luaopen_core_deposit(lua_State *L) {
  static const luaL_Reg functions[] = {{"publish", deposit_publish}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_pushinteger(L, O_TMPFILE | O_RDWR | O_CLOEXEC);
  lua_setfield(L, -2, "flags");
  return 1;
}
