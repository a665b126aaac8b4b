// What a shared folder is: where, on which file system.
#include "tree_scans.h"
#include "tree_walk.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool is_network(uint64_t filesystem) {
  static const uint64_t types[] = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC, 0xff534d42,      0xfe534d42,
                                   FUSE_SUPER_MAGIC, V9FS_MAGIC,      AFS_SUPER_MAGIC, AFS_FS_MAGIC,
                                   CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i] == filesystem) return true;
  return false;
}

// The path is asked of the kernel, which has resolved the links in it.
bool bt_tree_describe(int root, const char *path, char *resolved, bt_tree_info *info,
                      uint64_t *mount, bt_error *error) {
  char link[64];
  struct stat status;
  struct statfs filesystem;
  snprintf(link, sizeof link, "/proc/self/fd/%d", root);
  ssize_t length = readlink(link, resolved, PATH_MAX - 1);
  if (length < 0)
    snprintf(resolved, PATH_MAX, "%s", path);
  else
    resolved[length] = 0;
  if (fstat(root, &status) != 0 || fstatfs(root, &filesystem) != 0 || !bt_walk_mount(root, mount))
    return bt_fail_errno(error, errno, "%s", path);
  *info = (bt_tree_info){
      .path = resolved,
      .device = status.st_dev,
      .inode = status.st_ino,
      .filesystem = (uint64_t)filesystem.f_type & 0xffffffff,
  };
  info->is_network = is_network(info->filesystem);
  return true;
}
