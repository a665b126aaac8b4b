// The walk of one scan.
#include "tree_walk.h"

#include "beneath.h"
#include "manifest.h"
#include "tree_listing.h"
#include "tree_look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { path_room = (bt_tree_most_depth + 2) * (NAME_MAX + 1), reason_room = 160 };

typedef struct {
  DIR *directory;
  bt_listing listing;
  size_t next;        // name to look at
  uint64_t files;     // how many were known before it
  size_t folders;     // likewise, bytes
  size_t path_length; // of the folder's path with its '/'
} level;

// The entry that is being put together, and the way to the file at hand.
typedef struct {
  const bt_walk *walk;
  const bt_names *ignore;
  bt_entry entry;
  bt_buffer manifest, folders, skipped;
  size_t base_length; // of the part of `path` that manifest paths leave out
  level *levels;      // walk->depth of them
  int depth;          // levels in use
  char *path;         // relative to the root; path_room bytes
} walker;

typedef enum { IS_FILE, IS_FOLDER, IS_SKIPPED, IS_ABSENT } sight;

typedef struct {
  struct statx status;
  int folder; // open for reading, of IS_FOLDER
  char reason[reason_room];
} view;

static int64_t nanoseconds(struct statx_timestamp time) {
  return time.tv_sec * 1000000000 + time.tv_nsec;
}

static sight skip(view *seen, const char *reason) {
  snprintf(seen->reason, sizeof seen->reason, "%s", reason);
  return IS_SKIPPED;
}

static sight skip_errno(view *seen, int number) {
  if (number == ENOENT) return IS_ABSENT;
  bt_beneath_reason(number, seen->reason, sizeof seen->reason);
  return IS_SKIPPED;
}

static void add_writers(bt_entry *entry, bt_writers writers) {
  if (writers == BT_WRITERS_SOME || entry->writers == BT_WRITERS_NONE) entry->writers = writers;
}

static sight look_at_file(walker *at, int folder, const char *name, view *seen) {
  if (!at->walk->leases) {
    bool is_readable = faccessat(folder, name, R_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW) == 0;
    return is_readable ? IS_FILE : skip_errno(seen, errno);
  }
  int fd = bt_beneath_open(folder, name, O_RDONLY);
  if (fd < 0) return skip_errno(seen, -fd);
  add_writers(&at->entry, bt_look_writers(fd));
  close(fd);
  return IS_FILE;
}

// The watch comes before the folder is read, so that nothing is missed in between.
static sight look_at_folder(walker *at, int folder, const char *name, view *seen) {
  if (at->depth + 1 >= at->walk->depth) {
    snprintf(seen->reason, sizeof seen->reason, "deeper than %d levels", at->walk->depth);
    return IS_SKIPPED;
  }
  seen->folder = bt_beneath_open(folder, name, O_RDONLY | O_DIRECTORY);
  if (seen->folder < 0) return skip_errno(seen, -seen->folder);
  if (at->walk->watch)
    bt_watch_add(at->walk->watch, seen->folder, at->entry.name, at->walk->generation);
  return IS_FOLDER;
}

// Finds out what `name` in the open `folder` is and whether it can be shared.
static sight look(walker *at, int folder, const char *name, const char *twin, view *seen) {
  uint64_t mount;
  if (!bt_look(folder, name, &seen->status, &mount)) return skip_errno(seen, errno);
  const char *problem = bt_look_problem(seen->status.stx_mode);
  if (!problem && mount != at->walk->mount) problem = "on another file system";
  if (!problem) problem = bt_name_problem(name);
  if (problem) return skip(seen, problem);
  if (twin) {
    snprintf(seen->reason, sizeof seen->reason,
             "name differs from \"%.90s\" only in case or normalisation", twin);
    return IS_SKIPPED;
  }
  if (S_ISDIR(seen->status.stx_mode)) return look_at_folder(at, folder, name, seen);
  return look_at_file(at, folder, name, seen);
}

static void add_time(bt_entry *entry, const struct statx *status) {
  int64_t written = nanoseconds(status->stx_mtime), changed = nanoseconds(status->stx_ctime);
  int64_t latest = written > changed ? written : changed;
  if (latest > entry->newest) entry->newest = latest;
}

static void add_file(walker *at, const struct statx *status) {
  const char *path = at->path + at->base_length;
  bt_file file = {status->stx_size,
                  nanoseconds(status->stx_mtime),
                  nanoseconds(status->stx_ctime),
                  status->stx_ino,
                  path,
                  strlen(path)};
  char *place = bt_buffer_add(&at->manifest, bt_manifest_file_length(&file));
  if (place) bt_manifest_write(place, &file);
  at->entry.files++;
  at->entry.size += file.size;
  add_time(&at->entry, status);
}

static void add_skipped(walker *at, const char *reason) {
  if (at->entry.skipped_count == bt_tree_most_skipped) {
    at->entry.skipped_more++;
    return;
  }
  bt_buffer_add_text(&at->skipped, at->path);
  bt_buffer_add_text(&at->skipped, reason);
  at->entry.skipped_count++;
}

static void pop(walker *at) {
  level *top = &at->levels[--at->depth];
  bt_listing_clear(&top->listing);
  closedir(top->directory);
}

// Takes over `folder`. `at->path` is the folder's. Returns 0 or an errno.
static int push(walker *at, int folder) {
  level *top = &at->levels[at->depth];
  *top = (level){
      .directory = fdopendir(folder), .files = at->entry.files, .folders = at->folders.length};
  if (!top->directory) {
    int number = errno;
    close(folder);
    return number;
  }
  at->depth++;
  size_t length = strlen(at->path);
  at->path[length] = '/';
  at->path[length + 1] = 0;
  top->path_length = length + 1;
  int number = bt_listing_read(&top->listing, top->directory, at->ignore, true);
  if (number == 0) return 0;
  pop(at);
  at->path[length] = 0;
  return number;
}

static void visit(walker *at, level *top, size_t index) {
  view seen;
  const char *name = top->listing.names[index];
  strcpy(at->path + top->path_length, name); // at most NAME_MAX bytes a level
  sight kind = look(at, dirfd(top->directory), name, top->listing.twins[index], &seen);
  if (kind == IS_FILE) add_file(at, &seen.status);
  if (kind == IS_FOLDER) {
    add_time(&at->entry, &seen.status);
    int number = push(at, seen.folder);
    if (number != 0) kind = skip_errno(&seen, number);
  }
  if (kind == IS_SKIPPED) add_skipped(at, seen.reason);
}

// A manifest has only files, and so has a torrent; an archive can hold folders without any.
static void add_if_empty(walker *at, const level *top) {
  bool is_inside = at->depth > 1;
  if (!is_inside || at->entry.files > top->files || at->folders.length > top->folders) return;
  at->path[top->path_length - 1] = 0; // whatever was looked at last in it goes
  bt_buffer_add_text(&at->folders, at->path + at->base_length);
}

static void walk_folder(walker *at) {
  while (at->depth > 0) {
    level *top = &at->levels[at->depth - 1];
    bool is_stopped = at->walk->is_stopped(at->walk->context);
    if (top->next < top->listing.count && !is_stopped) {
      visit(at, top, top->next++);
      continue;
    }
    add_if_empty(at, top);
    pop(at);
  }
}

void bt_entry_clear(bt_entry *entry) {
  free(entry->name);
  free(entry->manifest);
  free(entry->folders);
  free(entry->skipped);
  *entry = (bt_entry){0};
}

static sight fill_entry(walker *at, const char *name, view *seen) {
  bool is_alone = bt_name_is_ignored(name, at->ignore);
  sight kind = is_alone ? IS_ABSENT : look(at, at->walk->root, name, NULL, seen);
  if (kind == IS_FILE) add_file(at, &seen->status);
  if (kind != IS_FOLDER) return kind;
  add_time(&at->entry, &seen->status);
  at->base_length = strlen(name) + 1;
  int number = push(at, seen->folder);
  if (number != 0) return skip_errno(seen, number);
  walk_folder(at);
  return kind;
}

// Puts one entry together and delivers it. Of entries that are not there only those asked for by
// name are delivered.
static bool walk_entry(walker *at, const char *name, bool is_asked_for, bt_error *error) {
  view seen = {.reason = ""};
  at->entry = (bt_entry){.name = strdup(name)};
  at->base_length = 0;
  if (!at->entry.name) return bt_fail(error, BT_FULL, "scan: no memory");
  snprintf(at->path, path_room, "%s", name);
  sight kind = fill_entry(at, name, &seen);
  bool is_stopped = at->walk->is_stopped(at->walk->context);
  bool has_failed = at->manifest.failed || at->folders.failed || at->skipped.failed;
  at->entry.kind = kind == IS_FILE     ? BT_ENTRY_FILE
                   : kind == IS_FOLDER ? BT_ENTRY_FOLDER
                   : kind == IS_ABSENT ? BT_ENTRY_ABSENT
                                       : BT_ENTRY_SKIPPED;
  snprintf(at->entry.reason, sizeof at->entry.reason, "%s", seen.reason);
  at->entry.manifest = at->manifest.data;
  at->entry.manifest_length = at->manifest.length;
  at->entry.folders = at->folders.data;
  at->entry.folders_length = at->folders.length;
  at->entry.skipped = at->skipped.data;
  at->manifest = at->folders = at->skipped = (bt_buffer){0};
  if (is_stopped || has_failed || (kind == IS_ABSENT && !is_asked_for)) {
    bt_entry_clear(&at->entry);
    return !has_failed || bt_fail(error, BT_FULL, "scan: no memory");
  }
  at->walk->deliver(at->walk->context, &at->entry);
  return true;
}

static bool list_root(const bt_walk *walk, const bt_names *ignore, bt_listing *listing,
                      bt_error *error) {
  int fd = bt_beneath_open(walk->root, ".", O_RDONLY | O_DIRECTORY);
  if (fd < 0) return bt_fail_errno(error, -fd, "the folder");
  if (walk->watch) bt_watch_add(walk->watch, fd, NULL, walk->generation);
  DIR *directory = fdopendir(fd);
  if (!directory) {
    close(fd);
    return bt_fail(error, BT_FULL, "scan: no memory");
  }
  int number = walk->names.items ? 0 : bt_listing_read(listing, directory, ignore, false);
  closedir(directory);
  return number == 0 || bt_fail_errno(error, number, "the folder");
}

static bool join_patterns(const bt_walk *walk, bt_buffer *pool, const char ***items,
                          size_t *count) {
  size_t own = bt_ignore_read(walk->root, pool);
  *items = malloc((own + walk->ignore.count + 1) * sizeof **items);
  if (!*items || pool->failed) return false;
  const char *at = pool->data;
  for (size_t i = 0; i < own; i++, at += strlen(at) + 1)
    (*items)[i] = at;
  for (size_t i = 0; i < walk->ignore.count; i++)
    (*items)[own + i] = walk->ignore.items[i];
  *count = own + walk->ignore.count;
  return true;
}

bool bt_walk_run(const bt_walk *walk, bt_error *error) {
  bt_buffer pool = {0};
  const char **patterns = NULL;
  bt_names ignore = {0};
  bt_listing listing = {0};
  walker at = {.walk = walk, .ignore = &ignore};
  at.levels = calloc((size_t)walk->depth + 1, sizeof *at.levels);
  at.path = malloc(path_room);
  bool succeeded = at.levels && at.path && join_patterns(walk, &pool, &patterns, &ignore.count);
  ignore.items = patterns;
  if (!succeeded)
    bt_fail(error, BT_FULL, "scan: no memory");
  else
    succeeded = list_root(walk, &ignore, &listing, error);

  bool is_asked_for = walk->names.items != NULL;
  const char *const *names = is_asked_for ? walk->names.items : listing.names;
  size_t count = is_asked_for ? walk->names.count : listing.count;
  for (size_t i = 0; succeeded && i < count && !walk->is_stopped(walk->context); i++)
    succeeded = walk_entry(&at, names[i], is_asked_for, error);
  bt_listing_clear(&listing);
  bt_buffer_clear(&pool);
  free(patterns);
  free(at.levels);
  free(at.path);
  return succeeded;
}
