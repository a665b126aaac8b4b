// Which names are shared: those a torrent can hold, that nobody asked to leave alone, and that do
// not collide on the systems of recipients.
//
// Threads: free of state.
#ifndef BT_TREE_NAMES_H
#define BT_TREE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

// A list of NUL-terminated names or patterns.
typedef struct {
  const char *const *items;
  size_t count;
} bt_names;

// Whether a name is left alone: it starts with a dot or matches one of the fnmatch(3) patterns.
bool bt_name_is_ignored(const char *name, const bt_names *patterns);

// Why a torrent cannot hold the name, in words; NULL when it can. Static.
const char *bt_name_problem(const char *name);

// For names in byte order: sets `collides[i]` to the index of the first name that differs from the
// i-th only in case or Unicode normalisation, to i itself when there is none. False when there is
// no memory.
bool bt_names_find_collisions(const char *const *names, size_t count, size_t *collides);

#endif
