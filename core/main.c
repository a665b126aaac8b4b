// The program: arguments, loop, Lua state, run, and the order of goodbye.
#include "host.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// An installed btshare finds its scripts in ../share/btshare; one in its build folder, where the
// build was told. BTSHARE_DATA overrides both, for tests.
static void find_data(char *data, size_t size) {
  const char *chosen = getenv("BTSHARE_DATA");
  if (chosen && *chosen) {
    snprintf(data, size, "%s", chosen);
    return;
  }
  char self[PATH_MAX - 32];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length > 0) {
    self[length] = 0;
    char *name = strrchr(self, '/');
    if (name) *name = 0;
    snprintf(data, size, "%s/../share/btshare", self);
    if (access(data, R_OK) == 0) return;
  }
  snprintf(data, size, "%s", BT_SOURCE_DATA);
}

// Signals that would end the process although nothing is wrong: a peer that hangs up (SIGPIPE), and
// a read lease that somebody breaks (SIGIO, fcntl(2)).
static void ignore_signals(void) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGIO, SIG_IGN);
}

// A descriptor below 3 that is closed would be given to the next file or socket, and what is meant
// for the terminal would end up there.
static void open_standard_streams(void) {
  int fd;
  do
    fd = open("/dev/null", O_RDWR); // gets the lowest number that is free
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) close(fd);
}

int main(int argc, char **argv) {
  open_standard_streams();
  char data[PATH_MAX];
  find_data(data, sizeof data);
  ignore_signals();
  setenv("UV_THREADPOOL_SIZE", "8", 0);

  uv_loop_t loop;
  uv_loop_init(&loop);
  bt_error error;
  bt_host_options options = {data, argc - 1, argv + 1};
  lua_State *L = bt_host_open(&loop, &options, &error);
  if (!L) {
    fprintf(stderr, "btshare: %s\n", error.message);
    return 1;
  }
  int code = 1;
  lua_getglobal(L, "require");
  lua_pushstring(L, BT_MAIN_MODULE);
  if (bt_host_call(L, 1, 0)) {
    uv_run(&loop, UV_RUN_DEFAULT);
    code = bt_host_exit_code(L);
  }
  bool strict = getenv("BTSHARE_STRICT") != NULL; // tests: an open handle is a failure
  int left = bt_host_close(L, strict);
  if (uv_loop_close(&loop) != 0 || (strict && left > 0)) code = code ? code : 70;
  return code;
}
