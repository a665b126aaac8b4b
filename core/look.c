// Looking at what is beneath a folder.
#include "look.h"

#include "beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_place(const char *folder, const char *path, int flags, bt_error *error) {
  int root = bt_beneath_root(folder, error);
  if (root < 0) return -1;
  int file = bt_beneath_open(root, path, flags);
  close(root);
  if (file >= 0) return file;
  if (file == -ELOOP || file == -EXDEV) {
    char reason[128];
    bt_beneath_reason(-file, reason, sizeof reason);
    bt_fail(error, BT_DENIED, "%s: %s", path, file == -EXDEV ? "leads out of its folder" : reason);
  } else {
    bt_fail_errno(error, -file, "%s", path);
  }
  return -1;
}

static void describe(const struct stat *status, bt_look_facts *facts) {
  *facts = (bt_look_facts){
      .kind = S_ISREG(status->st_mode)   ? BT_LOOK_FILE
              : S_ISDIR(status->st_mode) ? BT_LOOK_FOLDER
                                         : BT_LOOK_OTHER,
      .size = (uint64_t)status->st_size,
      .modified = status->st_mtim.tv_sec,
  };
}

bool bt_look_stat(const char *folder, const char *path, bt_look_facts *facts, bt_error *error) {
  int place = open_place(folder, path, O_PATH, error);
  if (place < 0) return false;
  struct stat status;
  bool is_known = fstat(place, &status) == 0;
  if (is_known)
    describe(&status, facts);
  else
    bt_fail_errno(error, errno, "%s", path);
  close(place);
  return is_known;
}

// A file may grow while it is read: what counts is what comes.
static bool read_all(int file, const char *path, uint64_t limit, bt_buffer *bytes,
                     bt_error *error) {
  char part[65536];
  for (;;) {
    ssize_t count = read(file, part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return bt_fail_errno(error, errno, "%s", path);
    if (count == 0) return true;
    if (bytes->length + (size_t)count > limit)
      return bt_fail(error, BT_FULL, "%s: has more than %llu bytes", path,
                     (unsigned long long)limit);
    char *room = bt_buffer_add(bytes, (size_t)count);
    if (!room) return bt_fail(error, BT_FULL, "%s: no memory", path);
    memcpy(room, part, (size_t)count);
  }
}

bool bt_look_read(const char *folder, const char *path, uint64_t limit, bt_buffer *bytes,
                  bt_error *error) {
  int file = open_place(folder, path, O_RDONLY | O_NOCTTY, error);
  if (file < 0) return false;
  struct stat status;
  bool is_read = false;
  if (fstat(file, &status) != 0)
    bt_fail_errno(error, errno, "%s", path);
  else if (!S_ISREG(status.st_mode))
    bt_fail(error, BT_INVALID, "%s: is not a file", path);
  else
    is_read = read_all(file, path, limit, bytes, error);
  close(file);
  return is_read;
}

static bool add_entry(bt_buffer *entries, const struct stat *status, const char *name) {
  bt_look_facts facts;
  describe(status, &facts);
  char *room = bt_buffer_add(entries, sizeof facts);
  if (room) memcpy(room, &facts, sizeof facts);
  bt_buffer_add_text(entries, name);
  return !entries->failed;
}

static bool list_all(DIR *names, const char *path, uint64_t limit, bt_buffer *entries,
                     bt_error *error) {
  uint64_t count = 0;
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(names);
    if (!entry) return errno ? bt_fail_errno(error, errno, "%s", path) : true;
    struct stat status;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (fstatat(dirfd(names), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue; // gone
    if (++count > limit)
      return bt_fail(error, BT_FULL, "%s: holds more than %llu names", path,
                     (unsigned long long)limit);
    if (!add_entry(entries, &status, entry->d_name))
      return bt_fail(error, BT_FULL, "%s: no memory", path);
  }
}

bool bt_look_list(const char *folder, const char *path, uint64_t limit, bt_buffer *entries,
                  bt_error *error) {
  int place = open_place(folder, path, O_RDONLY | O_DIRECTORY, error);
  if (place < 0) return false;
  DIR *names = fdopendir(place);
  if (!names) {
    bt_fail_errno(error, errno, "%s", path);
    close(place);
    return false;
  }
  bool is_listed = list_all(names, path, limit, entries, error);
  closedir(names);
  return is_listed;
}
