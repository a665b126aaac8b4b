// A shared folder, its scans and their thread.
#include "tree.h"

#include "beneath.h"
#include "threads.h"
#include "tree_scans.h"
#include "tree_walk.h"
#include "tree_watch.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { batch_entries = 500, batch_bytes = 1 << 20, most_batches = 16 };

// Belongs to the owner and the scan's thread together; the last one out frees it, so that closing
// need not wait for a thread that hangs on a dead disk.
struct bt_tree {
  pthread_mutex_t lock; // covers what follows, up to `root`
  pthread_cond_t has_changed;
  int references;
  bool is_closed;
  bool has_thread;
  uint64_t last_scan;
  bt_queued_scan *scans, *last_queued;
  bt_batch *batches, *last_batch;
  int batch_count;
  int root; // from here on constant, or with a lock of its own
  uint64_t mount;
  bt_tree_options options;
  bt_tree_info info;
  bt_watch *watch;
  char path[PATH_MAX];
};

// The scan at hand, on its thread.
typedef struct {
  bt_tree *tree;
  bt_queued_scan *scan;
  bt_batch *batch; // being filled
  size_t bytes;    // in it
  bool has_failed; // no memory
} scanning;

static void release(bt_tree *tree) { // with the lock held, which it gives up
  bool is_last = --tree->references == 0;
  pthread_mutex_unlock(&tree->lock);
  if (!is_last) return;
  for (bt_queued_scan *scan = tree->scans, *next; scan; scan = next) {
    next = scan->next;
    bt_batch_free(scan->last_batch);
    free(scan);
  }
  for (bt_batch *batch = tree->batches, *next; batch; batch = next) {
    next = batch->next;
    bt_batch_free(batch);
  }
  if (tree->watch) bt_watch_close(tree->watch);
  close(tree->root);
  pthread_cond_destroy(&tree->has_changed);
  pthread_mutex_destroy(&tree->lock);
  free(tree);
}

bt_tree *bt_tree_open(const char *path, const bt_tree_options *options, bt_error *error) {
  int root = bt_beneath_root(path, error);
  if (root < 0) return NULL;
  bt_tree *tree = calloc(1, sizeof *tree);
  if (!tree) {
    close(root);
    bt_fail(error, BT_FULL, "%s: no memory", path);
    return NULL;
  }
  tree->root = root;
  tree->references = 1;
  tree->options = *options;
  pthread_mutex_init(&tree->lock, NULL);
  pthread_cond_init(&tree->has_changed, NULL);
  bool is_described =
      bt_tree_describe(tree->root, path, tree->path, &tree->info, &tree->mount, error);
  if (is_described) tree->watch = bt_watch_open(tree->path, options->watch_limit);
  if (tree->watch) return tree;
  if (is_described) bt_fail(error, BT_FULL, "%s: no memory", path);
  pthread_mutex_lock(&tree->lock);
  release(tree);
  return NULL;
}

void bt_tree_get_info(bt_tree *tree, bt_tree_info *info) {
  *info = tree->info;
  info->watches = bt_watch_count(tree->watch);
}

static void wake(bt_tree *tree) { // with the lock held
  if (!tree->is_closed) tree->options.wake(tree->options.context);
}

static void hand_over(scanning *at) {
  bt_tree *tree = at->tree;
  bt_batch *batch = at->batch;
  at->batch = NULL;
  at->bytes = 0;
  pthread_mutex_lock(&tree->lock);
  while (tree->batch_count >= most_batches && !tree->is_closed)
    pthread_cond_wait(&tree->has_changed, &tree->lock);
  if (tree->last_batch)
    tree->last_batch->next = batch;
  else
    tree->batches = batch;
  tree->last_batch = batch;
  tree->batch_count++;
  wake(tree);
  pthread_mutex_unlock(&tree->lock);
}

static bool deliver(void *context, bt_entry *entry) {
  scanning *at = context;
  if (!at->batch) at->batch = bt_batch_make(at->scan->values.context, batch_entries);
  if (!at->batch) {
    at->has_failed = true;
    bt_entry_clear(entry);
    return false;
  }
  at->batch->entries[at->batch->count++] = *entry;
  at->bytes += entry->manifest_length + entry->folders_length + sizeof *entry;
  if (at->batch->count == batch_entries || at->bytes >= batch_bytes) hand_over(at);
  return true;
}

static bool is_stopped(void *context) {
  scanning *at = context;
  pthread_mutex_lock(&at->tree->lock);
  bool is_closed = at->tree->is_closed;
  pthread_mutex_unlock(&at->tree->lock);
  return is_closed || at->has_failed;
}

// A folder that was deleted or unmounted still reads, as empty: nothing must follow from that.
static bool check_root(const bt_tree *tree, bt_error *error) {
  struct stat status;
  if (stat(tree->path, &status) == 0 && status.st_dev == tree->info.device &&
      status.st_ino == tree->info.inode)
    return true;
  return bt_fail(error, BT_GONE, "%s: the folder went away", tree->path);
}

static bool walk(scanning *at, bt_error *error) {
  const bt_tree *tree = at->tree;
  const bt_scan *values = &at->scan->values;
  bt_walk way = {
      .root = tree->root,
      .mount = tree->mount,
      .names = {values->names, values->name_count},
      .ignore = {values->ignore, values->ignore_count},
      .watch = values->watch ? tree->watch : NULL,
      .generation = at->scan->id,
      .leases = values->leases,
      .depth = values->depth,
      .deliver = deliver,
      .is_stopped = is_stopped,
      .context = at,
  };
  if (!check_root(tree, error) || !bt_walk_run(&way, error) || !check_root(tree, error))
    return false;
  if (at->has_failed) return bt_fail(error, BT_FULL, "scan: no memory");
  if (way.watch) bt_watch_sweep(way.watch, values->names, values->name_count, at->scan->id);
  return true;
}

// The last batch is made before the walk, so that its end can be told whatever happens.
static void run_scan(bt_tree *tree, bt_queued_scan *scan, bt_batch *last) {
  scanning at = {.tree = tree, .scan = scan};
  last->is_last = true;
  last->succeeded = walk(&at, &last->error);
  if (at.batch) hand_over(&at);
  at.batch = last;
  hand_over(&at);
}

static void *run(void *context) {
  bt_tree *tree = context;
  pthread_mutex_lock(&tree->lock);
  while (!tree->is_closed) {
    bt_queued_scan *scan = tree->scans;
    if (!scan) {
      pthread_cond_wait(&tree->has_changed, &tree->lock);
      continue;
    }
    tree->scans = scan->next;
    if (!tree->scans) tree->last_queued = NULL;
    pthread_mutex_unlock(&tree->lock);
    run_scan(tree, scan, scan->last_batch);
    free(scan);
    pthread_mutex_lock(&tree->lock);
  }
  release(tree);
  return NULL;
}

static bool start_thread(bt_tree *tree) { // with the lock held
  tree->has_thread = bt_threads_start(1, run, tree) == 1;
  if (tree->has_thread) tree->references++;
  return tree->has_thread;
}

bool bt_tree_scan(bt_tree *tree, const bt_scan *scan, bt_error *error) {
  bt_queued_scan *queued = bt_queued_scan_make(scan);
  if (queued) queued->last_batch = bt_batch_make(scan->context, 0);
  if (!queued || !queued->last_batch) {
    free(queued);
    return bt_fail(error, BT_FULL, "scan: no memory");
  }
  pthread_mutex_lock(&tree->lock);
  bool has_thread = tree->has_thread || start_thread(tree);
  if (has_thread) {
    queued->id = ++tree->last_scan;
    if (tree->last_queued)
      tree->last_queued->next = queued;
    else
      tree->scans = queued;
    tree->last_queued = queued;
    pthread_cond_broadcast(&tree->has_changed);
  }
  pthread_mutex_unlock(&tree->lock);
  if (has_thread) return true;
  bt_batch_free(queued->last_batch);
  free(queued);
  return bt_fail(error, BT_FULL, "scan: no thread can be started");
}

bt_batch *bt_tree_next(bt_tree *tree) {
  pthread_mutex_lock(&tree->lock);
  bt_batch *batch = tree->batches;
  if (batch) {
    tree->batches = batch->next;
    if (!tree->batches) tree->last_batch = NULL;
    tree->batch_count--;
    pthread_cond_broadcast(&tree->has_changed);
  }
  pthread_mutex_unlock(&tree->lock);
  return batch;
}

int bt_tree_descriptor(const bt_tree *tree) {
  return bt_watch_descriptor(tree->watch);
}

bool bt_tree_gather(bt_tree *tree) {
  return bt_watch_gather(tree->watch);
}

bool bt_tree_digest(bt_tree *tree, const void *events, size_t length) {
  return bt_watch_digest(tree->watch, events, length);
}

void bt_tree_take_changes(bt_tree *tree, void (*each)(void *context, const bt_change *change),
                          void *context) {
  bt_watch_take(tree->watch, each, context);
}

void bt_tree_close(bt_tree *tree) {
  pthread_mutex_lock(&tree->lock);
  tree->is_closed = true;
  pthread_cond_broadcast(&tree->has_changed);
  release(tree);
}
