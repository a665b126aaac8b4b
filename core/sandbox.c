// Landlock, by its system calls.
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// For kernel headers before 5.19 and 6.2.
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

static const uint64_t changes_of_files =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

int bt_sandbox_abi(void) {
  long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? (int)abi : 0;
}

// The rights to change anything that a kernel of this ABI knows. A kernel refuses unknown ones.
static uint64_t changes_of(int abi) {
  uint64_t rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
  return rights;
}

static bool check_alone(bt_error *error) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return bt_fail_errno(error, errno, "/proc/self/task");
  int threads = 0;
  const struct dirent *entry;
  while ((entry = readdir(tasks)) != NULL)
    threads += entry->d_name[0] != '.';
  closedir(tasks);
  if (threads == 1) return true;
  return bt_fail(error, BT_BUSY, "sandbox: %d threads run already and would keep their rights",
                 threads);
}

static bool allow(int ruleset, const char *path, uint64_t rights, bt_error *error) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return bt_fail_errno(error, errno, "%s", path);
  struct stat status;
  bool is_folder = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
  struct landlock_path_beneath_attr rule = {
      .allowed_access = is_folder ? rights : rights & changes_of_files,
      .parent_fd = fd,
  };
  long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  int number = errno;
  close(fd);
  return result == 0 || bt_fail_errno(error, number, "%s: no rule for it", path);
}

static bool enforce(int ruleset, bt_error *error) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
    return bt_fail_errno(error, errno, "sandbox");
  return true;
}

int bt_sandbox_restrict(const char *const *writable, size_t count, bt_error *error) {
  int abi = bt_sandbox_abi();
  if (abi == 0) {
    bt_fail(error, BT_MISSING, "sandbox: this kernel has no Landlock, or it is switched off");
    return -1;
  }
  if (!check_alone(error)) return -1;
  uint64_t rights = changes_of(abi);
  struct landlock_ruleset_attr attributes = {.handled_access_fs = rights};
  long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (ruleset < 0) {
    bt_fail_errno(error, errno, "sandbox");
    return -1;
  }
  bool succeeded = true;
  for (size_t i = 0; i < count && succeeded; i++)
    succeeded = allow((int)ruleset, writable[i], rights, error);
  succeeded = succeeded && enforce((int)ruleset, error);
  close((int)ruleset);
  return succeeded ? abi : -1;
}

typedef struct {
  const char *folder;
  int number; // of the system's errors, 0 where the file could be created
} attempt;

static void *try_once(void *context) {
  attempt *try = context;
  char name[64];
  snprintf(name, sizeof name, ".btshare-write-test-%ld", (long)syscall(SYS_gettid));
  int folder = open(try->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    try->number = errno;
    return NULL;
  }
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  try->number = fd < 0 ? errno : 0;
  if (fd >= 0) {
    close(fd);
    unlinkat(folder, name, 0);
  }
  close(folder);
  return NULL;
}

static bool is_refused(const attempt *try, const char *who, bt_error *error) {
  if (try->number == EACCES) return true;
  if (try->number == 0)
    return bt_fail(error, BT_FAILED, "%s: %s may write there", try->folder, who);
  return bt_fail_errno(error, try->number, "%s: %s was not refused", try->folder, who);
}

bool bt_sandbox_try_write(const char *folder, bt_error *error) {
  attempt here = {folder, 0}, there = {folder, 0};
  pthread_t thread;
  int number = pthread_create(&thread, NULL, try_once, &there);
  if (number != 0) return bt_fail_errno(error, number, "%s: no thread to try it", folder);
  pthread_join(thread, NULL);
  try_once(&here);
  return is_refused(&here, "this thread", error) && is_refused(&there, "a new thread", error);
}
