// A hasher and a tree without Lua: many jobs and scans at once, cancelled and closed while busy.
// Meant for the thread sanitizer.
#include "hasher.h"
#include "tree.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (condition) break;                                                                          \
    fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
    exit(1);                                                                                       \
  } while (0)

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t rung;
  bool is_rung;
} bell;

static void ring(void *context) {
  bell *it = context;
  pthread_mutex_lock(&it->lock);
  it->is_rung = true;
  pthread_cond_signal(&it->rung);
  pthread_mutex_unlock(&it->lock);
}

static void await(bell *it) {
  pthread_mutex_lock(&it->lock);
  while (!it->is_rung)
    pthread_cond_wait(&it->rung, &it->lock);
  it->is_rung = false;
  pthread_mutex_unlock(&it->lock);
}

static void write_file(const char *folder, const char *name, size_t size) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  CHECK(file);
  for (size_t i = 0; i < size; i += 4)
    fwrite(&i, 1, 4, file);
  fclose(file);
}

// Scans `folder` and returns the manifest of its entry `name`, the caller's.
static bt_span scan(bt_tree *tree, bell *it, const char *name) {
  bt_error error;
  bt_span manifest = {0};
  bt_scan values = {.watch = true, .leases = true, .depth = 32};
  CHECK(bt_tree_scan(tree, &values, &error));
  for (bool is_done = false; !is_done;) {
    bt_batch *batch = bt_tree_next(tree);
    if (!batch) {
      await(it);
      continue;
    }
    for (size_t i = 0; i < batch->count; i++)
      if (strcmp(batch->entries[i].name, name) == 0) {
        manifest = (bt_span){batch->entries[i].manifest, batch->entries[i].manifest_length};
        batch->entries[i].manifest = NULL;
      }
    is_done = batch->is_last;
    CHECK(!is_done || batch->succeeded);
    bt_batch_free(batch);
    bt_tree_gather(tree);
  }
  return manifest;
}

// Takes events until `count` jobs are done; all must have the pieces of the first.
static void drain(bt_hasher *hasher, bell *it, int count) {
  bt_hash_result first = {0};
  while (count > 0) {
    bt_hash_event event;
    if (!bt_hasher_next(hasher, &event)) {
      await(it);
      continue;
    }
    if (event.type == BT_HASH_PROGRESS) continue;
    CHECK(event.type == BT_HASH_DONE);
    count--;
    if (!first.pieces) {
      first = event.result;
      continue;
    }
    CHECK(first.pieces_length == event.result.pieces_length);
    CHECK(memcmp(first.pieces, event.result.pieces, first.pieces_length) == 0);
    CHECK(memcmp(first.roots, event.result.roots, first.roots_length) == 0);
    bt_hash_result_clear(&event.result);
  }
  bt_hash_result_clear(&first);
}

int main(void) {
  char folder[] = "/tmp/btshare-test-XXXXXX", command[64];
  CHECK(mkdtemp(folder));
  write_file(folder, "large", 48 << 20);
  write_file(folder, "small", 5000);
  bt_error error;
  bell tree_bell = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
  bell hash_bell = tree_bell;
  bt_tree_options tree_options = {.wake = ring, .context = &tree_bell};
  bt_hasher_options options = {.threads = 4, .wake = ring, .context = &hash_bell};
  bt_tree *tree = bt_tree_open(folder, &tree_options, &error);
  bt_hasher *hasher = bt_hasher_open(&options, &error);
  CHECK(tree && hasher);
  bt_hash_job large = {
      folder, "", scan(tree, &tree_bell, "large"), 65536, BT_HASH_FORMAT_HYBRID, .context = &large};
  bt_hash_job small = {
      folder, "", scan(tree, &tree_bell, "small"), 16384, BT_HASH_FORMAT_V1, .context = &small};
  CHECK(large.manifest.data && small.manifest.data);

  for (int i = 0; i < 2; i++)
    CHECK(bt_hasher_add(hasher, &large, &error));
  drain(hasher, &hash_bell, 2);
  for (int i = 0; i < 100; i++)
    CHECK(bt_hasher_add(hasher, &small, &error));
  drain(hasher, &hash_bell, 100);

  uint64_t id = bt_hasher_add(hasher, &large, &error);
  CHECK(bt_hasher_add(hasher, &small, &error));
  CHECK(bt_hasher_cancel(hasher, id) == &large);
  CHECK(bt_hasher_cancel(hasher, id) == NULL);
  drain(hasher, &hash_bell, 1);
  CHECK(bt_hasher_add(hasher, &large, &error));
  bt_scan values = {.watch = true, .depth = 32};
  CHECK(bt_tree_scan(tree, &values, &error));
  CHECK(bt_tree_scan(tree, &values, &error));
  bt_hasher_close(hasher);
  bt_tree_close(tree);
  free((void *)large.manifest.data);
  free((void *)small.manifest.data);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}
