// What a name in a folder is, by the kernel's word.
#include "tree_look.h"

#include "tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const unsigned statx_mask = STATX_BASIC_STATS | STATX_MNT_ID;

static uint64_t mount_of(const struct statx *status) {
  if (status->stx_mask & STATX_MNT_ID) return status->stx_mnt_id;
  return makedev(status->stx_dev_major, status->stx_dev_minor);
}

bool bt_walk_mount(int fd, uint64_t *mount) {
  struct statx status;
  if (statx(fd, "", AT_EMPTY_PATH, statx_mask, &status) != 0) return false;
  *mount = mount_of(&status);
  return true;
}

bool bt_look(int folder, const char *name, struct statx *status, uint64_t *mount) {
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  if (statx(folder, name, flags, statx_mask, status) != 0) return false;
  *mount = mount_of(status);
  return true;
}

const char *bt_look_problem(unsigned mode) {
  if (S_ISREG(mode) || S_ISDIR(mode)) return NULL;
  if (S_ISLNK(mode)) return "symbolic link, not followed";
  if (S_ISFIFO(mode)) return "named pipe, not a file";
  if (S_ISSOCK(mode)) return "socket, not a file";
  return "device, not a file";
}

// A read lease can be had only while nobody has the file open for writing (fcntl(2)).
bt_writers bt_look_writers(int fd) {
  if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return BT_WRITERS_NONE;
  }
  return errno == EAGAIN || errno == EBUSY ? BT_WRITERS_SOME : BT_WRITERS_UNKNOWN;
}
