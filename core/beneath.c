// Opening things beneath a folder.
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int bt_beneath_root(const char *path, bt_error *error) {
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) bt_fail_errno(error, errno, "%s", path);
  return fd;
}

static int open_step(int folder, const char *path, int flags) {
  const struct open_how how = {
      .flags = (uint64_t)(unsigned)flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK),
      .mode = flags & O_CREAT ? 0644 : 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };
  // EAGAIN: something was renamed just now and the kernel cannot be sure; EINTR: a signal.
  for (int tries = 0; tries < 32; tries++) {
    long fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd >= 0) return (int)fd;
    if (errno != EAGAIN && errno != EINTR) return -errno;
  }
  return -EAGAIN;
}

// The kernel takes paths below PATH_MAX only; longer ones are walked in strides that end at a '/'.
int bt_beneath_open(int root, const char *path, int flags) {
  int folder = root;
  size_t length = strlen(path);
  while (length >= PATH_MAX) {
    const char *end = memrchr(path, '/', PATH_MAX - 1);
    if (!end || end == path) break; // the kernel will say ENAMETOOLONG
    char stride[PATH_MAX];
    size_t used = (size_t)(end - path);
    memcpy(stride, path, used);
    stride[used] = 0;
    int next = open_step(folder, stride, O_PATH | O_DIRECTORY);
    if (folder != root) close(folder);
    if (next < 0) return next;
    folder = next;
    path = end + 1;
    length -= used + 1;
  }
  int fd = open_step(folder, path, flags);
  if (folder != root) close(folder);
  return fd;
}

// The folder that holds `path`, and the last name of it; a negative errno.
static int open_parent(int root, const char *path, const char **name) {
  const char *slash = strrchr(path, '/');
  *name = slash ? slash + 1 : path;
  if (!slash) return bt_beneath_open(root, ".", O_PATH | O_DIRECTORY);
  char *parent = strndup(path, (size_t)(slash - path));
  if (!parent) return -ENOMEM;
  int fd = bt_beneath_open(root, parent, O_PATH | O_DIRECTORY);
  free(parent);
  return fd;
}

static int make_folders(int root, const char *path) {
  for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
    char *folder = strndup(path, (size_t)(slash - path));
    if (!folder) return ENOMEM;
    const char *name;
    int parent = open_parent(root, folder, &name);
    int number = parent < 0 ? -parent : 0;
    if (parent >= 0 && mkdirat(parent, name, 0755) != 0 && errno != EEXIST) number = errno;
    if (parent >= 0) close(parent);
    free(folder);
    if (number) return number;
  }
  return 0;
}

int bt_beneath_create(int root, const char *path) {
  int number = make_folders(root, path);
  if (number) return -number;
  int fd = bt_beneath_open(root, path, O_WRONLY | O_CREAT | O_NOFOLLOW);
  struct stat status;
  if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))) return fd;
  close(fd);
  return -EEXIST;
}

int bt_beneath_unlink(int root, const char *path, int flags) {
  const char *name;
  int parent = open_parent(root, path, &name);
  if (parent < 0) return -parent;
  int number = unlinkat(parent, name, flags) == 0 ? 0 : errno;
  close(parent);
  return number;
}

int bt_beneath_rename(int root, const char *from, const char *to) {
  const char *old_name, *new_name;
  int old = open_parent(root, from, &old_name);
  if (old < 0) return -old;
  int new = open_parent(root, to, &new_name);
  int number = new < 0 ? -new : 0;
  if (new >= 0 && renameat2(old, old_name, new, new_name, RENAME_NOREPLACE) != 0) number = errno;
  close(old);
  if (new >= 0) close(new);
  return number;
}

void bt_beneath_reason(int number, char *text, size_t size) {
  if (number == ELOOP)
    snprintf(text, size, "symbolic link, not followed");
  else if (number == EXDEV)
    snprintf(text, size, "on another file system");
  else if (number == EACCES || number == EPERM)
    snprintf(text, size, "cannot be read: permission denied");
  else {
    char words[128];
    const char *said = strerror_r(number, words, sizeof words);
    snprintf(text, size, "cannot be read: %s", said);
  }
}
