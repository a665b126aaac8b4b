// Opening things beneath a folder.
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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
