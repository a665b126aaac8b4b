// The names in one folder that are worth a look.
#include "tree_listing.h"

#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// A name in the pool has its d_type in front.
static void add_name(bt_listing *listing, const struct dirent *item) {
  char *place = bt_buffer_add(&listing->pool, 1);
  if (place) *place = (char)item->d_type;
  bt_buffer_add_text(&listing->pool, item->d_name);
  listing->count++;
}

static bool index_names(bt_listing *listing) {
  listing->names = malloc((listing->count + 1) * sizeof *listing->names);
  listing->twins = calloc(listing->count + 1, sizeof *listing->twins);
  if (!listing->names || !listing->twins || listing->pool.failed) return false;
  const char *at = listing->pool.data;
  for (size_t i = 0; i < listing->count; i++) {
    listing->names[i] = at + 1;
    at += strlen(at + 1) + 2;
  }
  qsort(listing->names, listing->count, sizeof *listing->names, compare);
  return true;
}

// A symbolic link, say, takes no name away from a file.
static bool is_candidate(const char *name) {
  char type = name[-1];
  return (type == DT_REG || type == DT_DIR || type == DT_UNKNOWN) && !bt_name_problem(name);
}

static bool find_all_twins(bt_listing *listing) {
  size_t *places = malloc(2 * (listing->count + 1) * sizeof *places);
  const char **candidates = malloc((listing->count + 1) * sizeof *candidates);
  bool succeeded = places && candidates;
  size_t count = 0;
  for (size_t i = 0; succeeded && i < listing->count; i++) {
    if (!is_candidate(listing->names[i])) continue;
    places[count] = i;
    candidates[count++] = listing->names[i];
  }
  size_t *collides = places ? places + listing->count : NULL;
  succeeded = succeeded && bt_names_find_collisions(candidates, count, collides);
  for (size_t i = 0; succeeded && i < count; i++)
    if (collides[i] != i) listing->twins[places[i]] = candidates[collides[i]];
  free(places);
  free(candidates);
  return succeeded;
}

int bt_listing_read(bt_listing *listing, DIR *directory, const bt_names *ignore, bool find_twins) {
  for (;;) {
    errno = 0;
    const struct dirent *item = readdir(directory);
    if (!item) break;
    if (!bt_name_is_ignored(item->d_name, ignore)) add_name(listing, item);
  }
  if (errno != 0) return errno;
  if (!index_names(listing)) return ENOMEM;
  if (find_twins && listing->count > 1 && !find_all_twins(listing)) return ENOMEM;
  return 0;
}

void bt_listing_clear(bt_listing *listing) {
  bt_buffer_clear(&listing->pool);
  free(listing->names);
  free(listing->twins);
  *listing = (bt_listing){0};
}

static size_t add_patterns(const char *text, bt_buffer *pool) {
  size_t count = 0;
  while (*text) {
    size_t length = strcspn(text, "\n"), next = length + (text[length] == '\n');
    size_t blanks = strspn(text, " \t");
    size_t start = blanks < length ? blanks : length;
    while (length > start && strchr(" \t\r", text[length - 1]))
      length--;
    if (length > start && text[start] != '#') {
      char *place = bt_buffer_add(pool, length - start + 1);
      if (!place) return count;
      memcpy(place, text + start, length - start);
      place[length - start] = 0;
      count++;
    }
    text += next;
  }
  return count;
}

size_t bt_ignore_read(int root, bt_buffer *pool) {
  char text[65536];
  struct stat status;
  int fd = bt_beneath_open(root, ".btignore", O_RDONLY);
  if (fd < 0) return 0;
  ssize_t length = -1;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = 0;
  return add_patterns(text, pool);
}
