// core.host: what only the C program knows.
#include "host.h"
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char exit_code_key = 0;

void bt_host_set_handler(lua_State *L);

int bt_host_exit_code(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &exit_code_key);
  int code = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return code;
}

static int host_exit_code(lua_State *L) {
  luaL_checkinteger(L, 1);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &exit_code_key);
  return 0;
}

static int host_on_error(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  bt_host_set_handler(L);
  return 0;
}

static int host_call(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  bool succeeded = bt_host_call(L, lua_gettop(L) - 1, 0);
  lua_pushboolean(L, succeeded);
  return 1;
}

static int host_memory(lua_State *L) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (file) {
    if (fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    fclose(file);
  }
  lua_pushinteger(L, (lua_Integer)pages * sysconf(_SC_PAGESIZE));
  return 1;
}

static int host_is_terminal(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

static int host_ignores_hangup(lua_State *L) {
  struct sigaction action;
  lua_pushboolean(L, sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
  return 1;
}

// The descriptor stays open, and the lock held, until the process ends.
static int host_lock(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  bt_error error;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    bt_fail_errno(&error, errno, "%s", path);
    return bt_host_fail(L, &error);
  }
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      bt_fail(&error, BT_EXISTS, "%s: another btshare holds it", path);
    else
      bt_fail_errno(&error, errno, "%s", path);
    close(fd);
    return bt_host_fail(L, &error);
  }
  lua_pushboolean(L, true);
  return 1;
}

// sd_notify(3): one datagram to the service manager's socket, whose name may be abstract ("@…").
static int host_notify(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t path_length = path ? strlen(path) : 0;
  if (path_length == 0) {
    lua_pushboolean(L, false);
    return 1;
  }
  bt_error error;
  if (path_length >= sizeof address.sun_path) {
    bt_fail(&error, BT_INVALID, "NOTIFY_SOCKET: too long");
    return bt_host_fail(L, &error);
  }
  memcpy(address.sun_path, path, path_length);
  if (*path == '@') address.sun_path[0] = 0;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || sendto(fd, text, length, MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0) {
    bt_fail_errno(&error, errno, "NOTIFY_SOCKET");
    if (fd >= 0) close(fd);
    return bt_host_fail(L, &error);
  }
  close(fd);
  lua_pushboolean(L, true);
  return 1;
}

int luaopen_core_host(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"on_error", host_on_error},
      {"call", host_call},
      {"memory", host_memory},
      {"is_terminal", host_is_terminal},
      {"lock", host_lock},
      {"notify", host_notify},
      {"exit_code", host_exit_code},
      {"ignores_hangup", host_ignores_hangup},
      {NULL, NULL},
  };
  luaL_newlib(L, functions);
  lua_pushliteral(L, BT_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}
