// The watch: events that only the kernel or bad luck can cause, attribution, limits, words.
#include "beneath.h"
#include "tree_names.h"
#include "tree_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (condition) break;                                                                          \
    fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
    exit(1);                                                                                       \
  } while (0)

typedef struct {
  char text[2048]; // "name:flags " or "!notice " for each change
} heard;

static void note(void *context, const bt_change *change) {
  heard *all = context;
  size_t used = strlen(all->text);
  if (change->notice)
    snprintf(all->text + used, sizeof all->text - used, "!%d ", (int)change->notice);
  else
    snprintf(all->text + used, sizeof all->text - used, "%s:%u ", change->name, change->flags);
}

static void send_event(bt_watch *watch, int descriptor, uint32_t mask, const char *name) {
  _Alignas(struct inotify_event) char bytes[sizeof(struct inotify_event) + 256] = {0};
  struct inotify_event event = {.wd = descriptor, .mask = mask, .len = name ? 256 : 0};
  memcpy(bytes, &event, sizeof event);
  if (name) snprintf(bytes + sizeof event, 256, "%s", name);
  bt_watch_digest(watch, bytes, sizeof event + event.len);
}

static void expect(bt_watch *watch, const char *wanted) {
  heard all = {""};
  bt_watch_take(watch, note, &all);
  if (strcmp(all.text, wanted) != 0) fprintf(stderr, "heard \"%s\" not \"%s\"\n", all.text, wanted);
  CHECK(strcmp(all.text, wanted) == 0);
}

static void test_events(const char *folder) {
  bt_watch *watch = bt_watch_open(folder, 0);
  int fd = open(folder, O_RDONLY | O_DIRECTORY);
  CHECK(watch && bt_watch_add(watch, fd, NULL, 1));
  CHECK(bt_watch_count(watch) == 1);
  expect(watch, "");
  send_event(watch, 1, IN_CREATE, "a");
  send_event(watch, 1, IN_MODIFY, "b");
  send_event(watch, 1, IN_CLOSE_WRITE, "a");
  send_event(watch, 1, IN_CREATE, ".hidden");
  send_event(watch, 99, IN_MODIFY, "unknown watch");
  expect(watch, "a:33 b:2 ");
  expect(watch, "");
  send_event(watch, -1, IN_Q_OVERFLOW, NULL);
  send_event(watch, -1, IN_Q_OVERFLOW, NULL);
  send_event(watch, 1, IN_DELETE, "a");
  expect(watch, "!1 a:8 ");
  send_event(watch, 1, IN_ATTRIB, NULL);
  expect(watch, ":4 ");
  send_event(watch, 1, IN_UNMOUNT, NULL);
  send_event(watch, 1, IN_IGNORED, NULL);
  expect(watch, "!3 ");
  CHECK(bt_watch_count(watch) == 0);
  close(fd);
  bt_watch_close(watch);
}

static void test_attribution(const char *folder) {
  char path[512];
  bt_watch *watch = bt_watch_open(folder, 2);
  int root = open(folder, O_RDONLY | O_DIRECTORY);
  int inside[3];
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "%s/%d", folder, i);
    CHECK(mkdir(path, 0700) == 0);
    inside[i] = open(path, O_RDONLY | O_DIRECTORY);
  }
  CHECK(bt_watch_add(watch, root, NULL, 1));
  CHECK(bt_watch_add(watch, inside[0], "old", 1));
  CHECK(!bt_watch_add(watch, inside[1], "more", 1));
  CHECK(!bt_watch_add(watch, inside[2], "more", 1));
  CHECK(bt_watch_add(watch, inside[0], "new", 2)); // the same folder takes no more room
  CHECK(bt_watch_count(watch) == 2);
  expect(watch, "!2 ");
  send_event(watch, 2, IN_MODIFY, "file");
  expect(watch, "new:2 ");

  const char *const old[] = {"old"}, *const both[] = {"new", "old"};
  bt_watch_sweep(watch, old, 1, 3); // nothing is called so any more
  CHECK(bt_watch_count(watch) == 2);
  bt_watch_sweep(watch, both, 2, 2); // still there in that scan
  CHECK(bt_watch_count(watch) == 2);
  bt_watch_sweep(watch, both, 2, 3);
  CHECK(bt_watch_count(watch) == 1);
  send_event(watch, 2, IN_MODIFY, "file");
  expect(watch, "");
  CHECK(bt_watch_add(watch, inside[1], "one", 4));
  bt_watch_sweep(watch, NULL, 0, 4); // all is well: the next time is told again
  CHECK(!bt_watch_add(watch, inside[2], "two", 5));
  expect(watch, "!2 ");
  for (int i = 0; i < 3; i++) {
    close(inside[i]);
    snprintf(path, sizeof path, "%s/%d", folder, i);
    rmdir(path);
  }
  close(root);
  bt_watch_close(watch);
}

static void test_beneath(const char *folder) {
  char path[512];
  bt_error error;
  snprintf(path, sizeof path, "%s/link", folder);
  CHECK(symlink("/etc", path) == 0);
  int root = bt_beneath_root(folder, &error);
  CHECK(root >= 0);
  CHECK(bt_beneath_open(root, "../../etc/passwd", O_RDONLY) == -EXDEV);
  CHECK(bt_beneath_open(root, "/etc/passwd", O_RDONLY) == -EXDEV);
  CHECK(bt_beneath_open(root, "link/passwd", O_RDONLY) == -ELOOP);
  CHECK(bt_beneath_open(root, "link", O_RDONLY) == -ELOOP);
  CHECK(bt_beneath_open(root, "none", O_RDONLY) == -ENOENT);
  int proc = bt_beneath_root("/", &error);
  CHECK(bt_beneath_open(proc, "proc/self/status", O_RDONLY) == -EXDEV);
  close(proc);
  unlink(path);
  CHECK(bt_beneath_root(path, &error) == -1 && error.code == BT_MISSING);
  close(root);
}

// A path longer than the kernel takes at once.
static void test_long_path(const char *folder) {
  enum { levels = 30, length = 240 };
  char name[length + 1], path[levels * (length + 1) + 8] = "";
  bt_error error;
  memset(name, 'n', length);
  name[length] = 0;
  int root = bt_beneath_root(folder, &error), at = dup(root);
  for (int i = 0; i < levels; i++) {
    CHECK(mkdirat(at, name, 0700) == 0);
    int next = openat(at, name, O_RDONLY | O_DIRECTORY);
    close(at);
    at = next;
    strcat(strcat(path, name), "/");
  }
  close(openat(at, "f", O_WRONLY | O_CREAT, 0600));
  close(at);
  strcat(path, "f");
  int fd = bt_beneath_open(root, path, O_RDONLY);
  CHECK(fd >= 0);
  close(fd);
  path[length / 2] = 'x';
  CHECK(bt_beneath_open(root, path, O_RDONLY) == -ENOENT);
  close(root);
}

static void test_words(void) {
  char text[160];
  bt_beneath_reason(EACCES, text, sizeof text);
  CHECK(strcmp(text, "cannot be read: permission denied") == 0);
  bt_beneath_reason(EIO, text, sizeof text);
  CHECK(strcmp(text, "cannot be read: Input/output error") == 0);
  CHECK(strstr(bt_name_problem("a\x7f"), "control"));
  CHECK(!bt_name_problem("plain name"));
  const char *const names[] = {"A", "B", "a", "b"};
  size_t collides[4];
  CHECK(bt_names_find_collisions(names, 4, collides));
  CHECK(collides[0] == 0 && collides[1] == 1 && collides[2] == 0 && collides[3] == 1);
}

int main(void) {
  char folder[] = "/tmp/btshare-test-XXXXXX", command[64];
  CHECK(mkdtemp(folder));
  test_events(folder);
  test_attribution(folder);
  test_beneath(folder);
  test_long_path(folder);
  test_words();
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}
