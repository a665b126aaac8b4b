// Scans that wait for their turn, and batches of what they found.
#include "tree_scans.h"

#include "tree_walk.h"

#include <stdlib.h>
#include <string.h>

static size_t text_length(const char *const *items, size_t count) {
  size_t length = 0;
  for (size_t i = 0; i < count; i++)
    length += strlen(items[i]) + 1;
  return length;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *copy_texts(const char **to, char *text, const char *const *from, size_t count) {
  for (size_t i = 0; i < count; i++) {
    size_t length = strlen(from[i]) + 1;
    to[i] = memcpy(text, from[i], length);
    text += length;
  }
  return text;
}

static size_t sort_once(const char **names, size_t count) {
  if (count == 0) return 0;
  qsort(names, count, sizeof *names, compare);
  size_t kept = 1;
  for (size_t i = 1; i < count; i++)
    if (strcmp(names[i], names[kept - 1]) != 0) names[kept++] = names[i];
  return kept;
}

bt_queued_scan *bt_queued_scan_make(const bt_scan *scan) {
  size_t count = scan->name_count + scan->ignore_count;
  size_t length =
      text_length(scan->names, scan->name_count) + text_length(scan->ignore, scan->ignore_count);
  bt_queued_scan *queued = calloc(1, sizeof *queued + count * sizeof(char *) + length);
  if (!queued) return NULL;
  const char **names = (const char **)(queued + 1), **ignore = names + scan->name_count;
  char *text = copy_texts(names, (char *)(names + count), scan->names, scan->name_count);
  copy_texts(ignore, text, scan->ignore, scan->ignore_count);
  queued->values = *scan;
  queued->values.names = scan->names ? names : NULL;
  queued->values.name_count = sort_once(names, scan->name_count);
  queued->values.ignore = ignore;
  return queued;
}

bt_batch *bt_batch_make(void *context, size_t room) {
  bt_batch *batch = calloc(1, sizeof *batch);
  if (batch && room > 0) batch->entries = calloc(room, sizeof *batch->entries);
  if (batch && room > 0 && !batch->entries) {
    free(batch);
    return NULL;
  }
  if (batch) batch->context = context;
  return batch;
}

void bt_batch_free(bt_batch *batch) {
  for (size_t i = 0; i < batch->count; i++)
    bt_entry_clear(&batch->entries[i]);
  free(batch->entries);
  free(batch);
}
