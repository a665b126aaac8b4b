// Putting the files of a manifest in the order of an older one.
#include "manifest.h"
#include "map.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  bt_file *files;
  size_t count;
} file_list;

static bool read_all(const char *bytes, size_t length, file_list *list) {
  bt_manifest_reader reader = {bytes, length, 0};
  bt_file file;
  size_t room = 0;
  while (bt_manifest_next(&reader, &file)) {
    if (list->count == room) {
      room = room ? room * 2 : 16;
      bt_file *files = realloc(list->files, room * sizeof *files);
      if (!files) return false;
      list->files = files;
    }
    list->files[list->count++] = file;
  }
  return true;
}

static bool is_same_content(const bt_file *a, const bt_file *b) {
  return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode;
}

// A file that is written is taken from the list by setting its path to NULL.
static char *take(char *at, bt_file *file) {
  at += bt_manifest_write(at, file);
  file->path = NULL;
  return at;
}

bool bt_manifest_arrange(const char *old_bytes, size_t old_length, const char *new_bytes,
                         size_t new_length, char *arranged, bt_manifest_difference *difference) {
  file_list list = {0};
  bt_map places = {0};
  bool succeeded = read_all(new_bytes, new_length, &list);
  for (size_t i = 0; succeeded && i < list.count; i++)
    succeeded = bt_map_put(&places, list.files[i].path, list.files[i].path_length, i, NULL);
  if (!succeeded) goto done;

  char *at = arranged;
  size_t old_count = 0;
  bool same = true;
  bt_manifest_reader reader = {old_bytes, old_length, 0};
  bt_file old;
  while (bt_manifest_next(&reader, &old)) {
    old_count++;
    const size_t *place = bt_map_find(&places, old.path, old.path_length);
    bt_file *now = place ? &list.files[*place] : NULL;
    if (!now || !now->path) {
      same = false;
      continue;
    }
    same = same && is_same_content(&old, now);
    at = take(at, now);
  }
  for (size_t i = 0; i < list.count; i++)
    if (list.files[i].path) at = take(at, &list.files[i]);
  difference->same_content = same && old_count == list.count;
  difference->unchanged = old_length == new_length && memcmp(arranged, old_bytes, old_length) == 0;
done:
  bt_map_clear(&places);
  free(list.files);
  return succeeded;
}
