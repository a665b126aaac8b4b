// Tests the write-lock in child processes: each way to change a file, from old and new threads.
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (condition) break;                                                                          \
    fprintf(stderr, "%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition, strerror(errno));  \
    _exit(1);                                                                                      \
  } while (0)
#define EXPECT_REFUSED(call) EXPECT((errno = 0, (call) == -1 && errno == EACCES))

static void touch(int folder, const char *name) {
  int fd = openat(folder, name, O_CREAT | O_WRONLY, 0600);
  EXPECT(fd >= 0 && write(fd, "bytes", 5) == 5);
  close(fd);
}

static int open_below(int folder, const char *name, int flags) {
  int fd = openat(folder, name, flags, 0600);
  if (fd >= 0) close(fd);
  return fd < 0 ? -1 : 0;
}

static int make_socket(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "share/socket"};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  int result = bind(fd, (struct sockaddr *)&address, sizeof address);
  int number = errno;
  close(fd);
  errno = number;
  return result;
}

// The working directory holds share/ with file and folder/, and state/ with file.
static void *check_share_is_locked(void *unused) {
  (void)unused;
  int share = open("share", O_RDONLY | O_DIRECTORY);
  EXPECT(share >= 0);
  EXPECT_REFUSED(open_below(share, "file", O_WRONLY));
  EXPECT_REFUSED(open_below(share, "file", O_RDWR));
  EXPECT_REFUSED(open_below(share, "file", O_WRONLY | O_TRUNC));
  EXPECT_REFUSED(open_below(share, "new", O_WRONLY | O_CREAT));
  EXPECT_REFUSED(open_below(share, ".", O_WRONLY | O_TMPFILE));
  EXPECT_REFUSED(unlinkat(share, "file", 0));
  EXPECT_REFUSED(unlinkat(share, "folder", AT_REMOVEDIR));
  EXPECT_REFUSED(renameat(share, "file", share, "other"));
  EXPECT_REFUSED(renameat(share, "folder", share, "other"));
  EXPECT_REFUSED(mkdirat(share, "new", 0700));
  EXPECT_REFUSED(symlinkat("file", share, "new"));
  EXPECT_REFUSED(linkat(share, "file", share, "new", 0));
  EXPECT_REFUSED(mkfifoat(share, "new", 0600));
  EXPECT_REFUSED(make_socket());
  EXPECT(renameat(share, "file", AT_FDCWD, "state/stolen") == -1);
  EXPECT(renameat(AT_FDCWD, "state/file", share, "file") == -1);
  if (bt_sandbox_abi() >= 3) EXPECT_REFUSED(truncate("share/file", 0));
  char bytes[8];
  int fd = openat(share, "file", O_RDONLY);
  EXPECT(fd >= 0 && read(fd, bytes, sizeof bytes) == 5);
  close(fd);
  close(share);
  return NULL;
}

static void check_state_is_open(void) {
  int state = open("state", O_RDONLY | O_DIRECTORY);
  EXPECT(state >= 0);
  touch(state, "new");
  EXPECT(open_below(state, "new", O_WRONLY | O_TRUNC) == 0);
  EXPECT(open_below(state, ".", O_WRONLY | O_TMPFILE) == 0);
  EXPECT(mkdirat(state, "folder", 0700) == 0);
  if (bt_sandbox_abi() >= 2) EXPECT(renameat(state, "new", state, "folder/new") == 0);
  if (bt_sandbox_abi() < 2) EXPECT(renameat(state, "new", state, "other") == 0);
  EXPECT(symlinkat("folder", state, "link") == 0);
  EXPECT(unlinkat(state, "link", 0) == 0);
}

static void run_lock(void) {
  const char *const writable[] = {"state", "/dev/null"};
  bt_error error = {0};
  bool is_refused = bt_sandbox_try_write("share", &error);
  EXPECT(!is_refused && strstr(error.message, "this thread may write"));
  EXPECT(bt_sandbox_restrict(writable, 2, &error) == bt_sandbox_abi());
  check_share_is_locked(NULL);
  pthread_t thread;
  EXPECT(pthread_create(&thread, NULL, check_share_is_locked, NULL) == 0);
  pthread_join(thread, NULL);
  EXPECT(bt_sandbox_try_write("share", &error));
  EXPECT(!bt_sandbox_try_write("state", &error));
  check_state_is_open();
  EXPECT(open_below(AT_FDCWD, "/dev/null", O_WRONLY) == 0);
  EXPECT_REFUSED(open_below(AT_FDCWD, "/dev/zero", O_WRONLY));
  pid_t child = fork();
  if (child == 0) {
    check_share_is_locked(NULL);
    _exit(0);
  }
  int status;
  EXPECT(waitpid(child, &status, 0) == child && status == 0);
}

static void *wait_to_end(void *barrier) {
  pthread_barrier_wait(barrier);
  return NULL;
}

static void run_busy(void) {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t thread;
  EXPECT(pthread_create(&thread, NULL, wait_to_end, &barrier) == 0);
  bt_error error = {0};
  EXPECT(bt_sandbox_restrict(NULL, 0, &error) == -1 && error.code == BT_BUSY);
  EXPECT(open_below(AT_FDCWD, "share/file", O_WRONLY) == 0);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
}

static void run_missing(void) {
  const char *const writable[] = {"state", "nowhere"};
  bt_error error = {0};
  EXPECT(bt_sandbox_restrict(writable, 2, &error) == -1 && error.code == BT_MISSING);
  EXPECT(strstr(error.message, "nowhere: "));
  EXPECT(open_below(AT_FDCWD, "share/file", O_WRONLY) == 0); // nothing was given up
}

static int run_child(void (*run)(void)) {
  pid_t child = fork();
  if (child == 0) {
    run();
    _exit(0);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

int main(void) {
  if (bt_sandbox_abi() == 0) {
    bt_error error;
    EXPECT(bt_sandbox_restrict(NULL, 0, &error) == -1 && error.code == BT_MISSING);
    puts("no Landlock here: the rest was left out");
    return 0;
  }
  char folder[] = "/tmp/btshare-sandbox-XXXXXX", command[64];
  EXPECT(mkdtemp(folder) && chdir(folder) == 0);
  EXPECT(mkdir("share", 0700) == 0 && mkdir("share/folder", 0700) == 0 &&
         mkdir("state", 0700) == 0);
  touch(AT_FDCWD, "share/file");
  touch(AT_FDCWD, "state/file");
  int failures = run_child(run_busy) + run_child(run_missing) + run_child(run_lock);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  EXPECT(chdir("/") == 0 && system(command) == 0);
  return failures;
}
