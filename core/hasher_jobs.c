// The jobs of a hasher: made, freed, queued.
#include "hasher_jobs.h"

#include <stdlib.h>
#include <string.h>

// Up to this many bytes a job is not worth more than one thread.
static const uint64_t small_job = 16 << 20;

static bool check(const bt_hash_job *values, uint64_t *size, bt_error *error) {
  uint64_t length = values->piece_length;
  if (length < 16384 || length > 256 << 20 || (length & (length - 1)) != 0)
    return bt_fail(error, BT_INVALID, "piece length: must be a power of two, 16 KiB to 256 MiB");
  return bt_manifest_check(values->manifest.data, values->manifest.length, NULL, size, error);
}

static const void *copy(char **at, const void *data, size_t length) {
  char *place = *at;
  if (length > 0) memcpy(place, data, length);
  *at += length;
  return place;
}

bt_job *bt_job_make(const bt_hash_job *values, bt_error *error) {
  uint64_t size;
  if (!check(values, &size, error)) return NULL;
  bt_job *job = calloc(1, sizeof *job);
  bt_hash_job own = *values;
  bt_span *const spans[] = {&own.manifest,       &own.previous.manifest, &own.previous.pieces,
                            &own.previous.roots, &own.previous.layers,   &own.previous.crcs};
  const size_t span_count = sizeof spans / sizeof *spans;
  size_t root_length = strlen(values->root) + 1, base_length = strlen(values->base) + 1;
  size_t length = root_length + base_length;
  for (size_t i = 0; i < span_count; i++)
    length += spans[i]->length;
  if (job) job->copies = malloc(length);
  if (!job || !job->copies) {
    free(job);
    bt_fail(error, BT_FULL, "hasher: no memory");
    return NULL;
  }
  char *at = job->copies;
  own.root = copy(&at, values->root, root_length);
  own.base = copy(&at, values->base, base_length);
  for (size_t i = 0; i < span_count; i++)
    spans[i]->data = copy(&at, spans[i]->data, spans[i]->length);
  job->values = own;
  job->context = values->context;
  job->is_small = size <= small_job;
  atomic_init(&job->stopped, false);
  atomic_init(&job->read, 0);
  atomic_init(&job->told_at, 0);
  return job;
}

void bt_job_free(bt_job *job) {
  bt_plan_clear(&job->plan);
  free(job->copies);
  free(job);
}

void bt_ready_append(bt_job_queue *queue, bt_job *job) {
  job->next_ready = NULL;
  if (queue->last)
    queue->last->next_ready = job;
  else
    queue->first = job;
  queue->last = job;
}

void bt_ready_prepend(bt_job_queue *queue, bt_job *job) {
  job->next_ready = queue->first;
  queue->first = job;
  if (!queue->last) queue->last = job;
}

void bt_ready_remove(bt_job_queue *queue, bt_job *job) {
  bt_job *before = NULL;
  for (bt_job *at = queue->first; at; before = at, at = at->next_ready) {
    if (at != job) continue;
    if (before)
      before->next_ready = job->next_ready;
    else
      queue->first = job->next_ready;
    if (queue->last == job) queue->last = before;
    return;
  }
}

void bt_events_append(bt_job_queue *queue, bt_job *job) {
  if (job->is_in_events) return;
  job->is_in_events = true;
  job->next_event = NULL;
  if (queue->last)
    queue->last->next_event = job;
  else
    queue->first = job;
  queue->last = job;
}

bt_job *bt_events_take(bt_job_queue *queue) {
  bt_job *job = queue->first;
  if (!job) return NULL;
  queue->first = job->next_event;
  if (!queue->first) queue->last = NULL;
  job->is_in_events = false;
  return job;
}

void bt_events_remove(bt_job_queue *queue, bt_job *job) {
  if (!job->is_in_events) return;
  bt_job_queue rest = {0};
  for (bt_job *other; (other = bt_events_take(queue));)
    if (other != job) bt_events_append(&rest, other);
  *queue = rest;
}
