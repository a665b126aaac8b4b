// inotify watches of one shared folder.
#include "tree_watch.h"

#include "tree_changes.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

// IN_DONT_FOLLOW is missing on purpose: watches are added through /proc/self/fd, which is a link,
// to a folder that was opened beneath the root.
static const uint32_t mask = IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
                             IN_DELETE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                             IN_EXCL_UNLINK;

typedef struct folder {
  struct folder *next; // in its bucket
  int descriptor;      // inotify's
  uint64_t generation;
  char name[]; // of the entry; "" for the root
} folder;

struct bt_watch {
  pthread_mutex_t lock;
  int inotify;
  int open_error; // why inotify is -1
  int limit;
  folder **buckets;
  size_t bucket_count; // a power of two
  size_t count;
  bool is_limit_met;  // by the scan at hand
  bool is_limit_told; // and not been well since
  bt_changes changes;
  char path[]; // of the root
};

bt_watch *bt_watch_open(const char *path, int limit) {
  size_t length = strlen(path) + 1;
  bt_watch *watch = calloc(1, sizeof *watch + length);
  if (!watch) return NULL;
  memcpy(watch->path, path, length);
  watch->limit = limit;
  watch->bucket_count = 64;
  watch->buckets = calloc(watch->bucket_count, sizeof(folder *));
  if (!watch->buckets) {
    free(watch);
    return NULL;
  }
  pthread_mutex_init(&watch->lock, NULL);
  watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch->inotify < 0) watch->open_error = errno;
  return watch;
}

void bt_watch_close(bt_watch *watch) {
  if (watch->inotify >= 0) close(watch->inotify);
  for (size_t i = 0; i < watch->bucket_count; i++)
    for (folder *at = watch->buckets[i], *next; at; at = next) {
      next = at->next;
      free(at);
    }
  free(watch->buckets);
  bt_changes_clear(&watch->changes);
  pthread_mutex_destroy(&watch->lock);
  free(watch);
}

int bt_watch_descriptor(const bt_watch *watch) {
  return watch->inotify;
}

int bt_watch_count(bt_watch *watch) {
  pthread_mutex_lock(&watch->lock);
  int count = (int)watch->count;
  pthread_mutex_unlock(&watch->lock);
  return count;
}

// Where the link to the folder with this descriptor is, or would be.
static folder **find(const bt_watch *watch, int descriptor) {
  folder **link = &watch->buckets[(unsigned)descriptor & (watch->bucket_count - 1)];
  while (*link && (*link)->descriptor != descriptor)
    link = &(*link)->next;
  return link;
}

static void drop(bt_watch *watch, folder **link) {
  folder *gone = *link;
  *link = gone->next;
  free(gone);
  watch->count--;
}

static void grow(bt_watch *watch) {
  folder **old = watch->buckets;
  size_t old_count = watch->bucket_count;
  folder **buckets = calloc(old_count * 2, sizeof *buckets);
  if (!buckets) return; // longer chains are only slower
  watch->buckets = buckets;
  watch->bucket_count = old_count * 2;
  for (size_t i = 0; i < old_count; i++)
    for (folder *at = old[i], *next; at; at = next) {
      next = at->next;
      folder **link = &buckets[(unsigned)at->descriptor & (watch->bucket_count - 1)];
      at->next = *link;
      *link = at;
    }
  free(old);
}

static bool put(bt_watch *watch, int descriptor, const char *name, uint64_t generation) {
  folder **link = find(watch, descriptor);
  if (*link && strcmp((*link)->name, name) == 0) {
    (*link)->generation = generation;
    return true;
  }
  if (*link) drop(watch, link);
  if (watch->count >= watch->bucket_count) grow(watch);
  size_t length = strlen(name) + 1;
  folder *added = malloc(sizeof *added + length);
  if (!added) return false;
  link = find(watch, descriptor);
  *added = (folder){NULL, descriptor, generation};
  memcpy(added->name, name, length);
  *link = added;
  watch->count++;
  return true;
}

static void tell_limit(bt_watch *watch, int number) {
  watch->is_limit_met = true;
  if (watch->is_limit_told) return;
  watch->is_limit_told = true;
  char message[512];
  const char *setting = watch->inotify < 0 ? "max_user_instances=1024" : "max_user_watches=1048576";
  if (number == ENOSPC || number == EMFILE)
    snprintf(message, sizeof message,
             "%s: the kernel's limit of inotify watches is reached, changes are found more slowly; "
             "raise it with: sysctl fs.inotify.%s",
             watch->path, setting);
  else
    snprintf(message, sizeof message, "%s: changes cannot be watched: %s", watch->path,
             strerrordesc_np(number));
  bt_changes_add_notice(&watch->changes, BT_NOTICE_LIMIT, message);
}

// The lock is held over the system call, so that an event of the new watch finds its folder.
static int add_locked(bt_watch *watch, int fd, const char *name, uint64_t generation) {
  if (watch->inotify < 0) return watch->open_error;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int descriptor = inotify_add_watch(watch->inotify, path, mask);
  if (descriptor < 0) return errno;
  bool is_known = *find(watch, descriptor) != NULL;
  bool is_over = !is_known && watch->limit > 0 && watch->count >= (size_t)watch->limit;
  if (!is_over && put(watch, descriptor, name ? name : "", generation)) return 0;
  inotify_rm_watch(watch->inotify, descriptor);
  return is_over ? ENOSPC : ENOMEM;
}

bool bt_watch_add(bt_watch *watch, int fd, const char *name, uint64_t generation) {
  pthread_mutex_lock(&watch->lock);
  int number = add_locked(watch, fd, name, generation);
  if (number == ENOENT || number == ENOTDIR) number = 0; // went away: its parent's watch tells
  if (number != 0) tell_limit(watch, number);
  pthread_mutex_unlock(&watch->lock);
  return number == 0;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void bt_watch_sweep(bt_watch *watch, const char *const *names, size_t count, uint64_t generation) {
  pthread_mutex_lock(&watch->lock);
  for (size_t i = 0; i < watch->bucket_count; i++) {
    folder **link = &watch->buckets[i];
    while (*link) {
      const char *name = (*link)->name;
      bool is_stale = (*link)->generation != generation && *name;
      if (is_stale && names) is_stale = bsearch(&name, names, count, sizeof name, compare_names);
      if (is_stale) {
        inotify_rm_watch(watch->inotify, (*link)->descriptor);
        drop(watch, link);
      } else
        link = &(*link)->next;
    }
  }
  if (!names && !watch->is_limit_met) watch->is_limit_told = false;
  watch->is_limit_met = false;
  pthread_mutex_unlock(&watch->lock);
}

static unsigned flags_of(uint32_t event) {
  unsigned flags = 0;
  if (event & IN_CREATE) flags |= BT_CHANGE_CREATED;
  if (event & IN_MODIFY) flags |= BT_CHANGE_MODIFIED;
  if (event & IN_ATTRIB) flags |= BT_CHANGE_ATTRIBUTES;
  if (event & (IN_DELETE | IN_DELETE_SELF | IN_UNMOUNT)) flags |= BT_CHANGE_REMOVED;
  if (event & (IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF)) flags |= BT_CHANGE_MOVED;
  if (event & IN_CLOSE_WRITE) flags |= BT_CHANGE_CLOSED;
  return flags;
}

static void note_in_root(bt_watch *watch, uint32_t event, const char *name) {
  if (event & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) {
    char message[512];
    snprintf(message, sizeof message, "%s: the folder went away", watch->path);
    bt_changes_add_notice(&watch->changes, BT_NOTICE_GONE, message);
  } else if (strcmp(name, ".btignore") == 0 || strcmp(name, ".btshare.lua") == 0)
    // What is left alone may be another set now, and what holds for the rest another policy.
    bt_changes_add(&watch->changes, "", flags_of(event));
  else if (name[0] != '.')
    bt_changes_add(&watch->changes, name, flags_of(event));
}

static void note(bt_watch *watch, const struct inotify_event *event) {
  if (event->mask & IN_Q_OVERFLOW) {
    char message[512];
    snprintf(message, sizeof message, "%s: more changes than the kernel keeps", watch->path);
    bt_changes_add_notice(&watch->changes, BT_NOTICE_OVERFLOW, message);
    return;
  }
  folder **link = find(watch, event->wd);
  if (!*link) return; // of a watch that was dropped
  const char *name = event->len > 0 ? event->name : "";
  if (!*(*link)->name)
    note_in_root(watch, event->mask, name);
  else if (name[0] != '.' && flags_of(event->mask) != 0)
    bt_changes_add(&watch->changes, (*link)->name, flags_of(event->mask));
  if (event->mask & IN_IGNORED) drop(watch, link);
}

bool bt_watch_digest(bt_watch *watch, const void *events, size_t length) {
  const char *at = events, *end = at + length;
  pthread_mutex_lock(&watch->lock);
  while (at < end) {
    const struct inotify_event *event = (const void *)at;
    note(watch, event);
    at += sizeof *event + event->len;
  }
  bool has_changes = watch->changes.count > 0;
  pthread_mutex_unlock(&watch->lock);
  return has_changes;
}

// Bounded, so that a folder in which much happens does not hold the loop; the rest comes next.
bool bt_watch_gather(bt_watch *watch) {
  _Alignas(struct inotify_event) char buffer[65536];
  for (int i = 0; i < 8 && watch->inotify >= 0; i++) {
    ssize_t length = read(watch->inotify, buffer, sizeof buffer);
    if (length <= 0) break;
    bt_watch_digest(watch, buffer, (size_t)length);
  }
  return bt_watch_has_changes(watch);
}

bool bt_watch_has_changes(bt_watch *watch) {
  pthread_mutex_lock(&watch->lock);
  bool has_changes = watch->changes.count > 0;
  pthread_mutex_unlock(&watch->lock);
  return has_changes;
}

void bt_watch_take(bt_watch *watch, void (*each)(void *context, const bt_change *change),
                   void *context) {
  pthread_mutex_lock(&watch->lock);
  bt_changes taken = watch->changes;
  watch->changes = (bt_changes){0};
  pthread_mutex_unlock(&watch->lock);
  bt_changes_each(&taken, each, context);
  bt_changes_clear(&taken);
}
