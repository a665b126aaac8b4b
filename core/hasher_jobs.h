// The jobs of a hasher, for hasher.c and hasher_jobs.c: one job's state and the lists it is in.
//
// Threads: all fields are under the hasher's lock, but those marked otherwise.
#ifndef BT_HASHER_JOBS_H
#define BT_HASHER_JOBS_H

#include "hasher_plan.h"

#include <stdatomic.h>

typedef struct bt_job {
  uint64_t id;
  void *context;
  bt_hash_job values; // copied; read-only
  char *copies;       // what `values` points into
  bool is_small;
  bool is_planned;
  bt_plan plan;        // written by the planner alone, then read by all
  size_t next_chunk;   // the first that no thread has taken
  int workers;         // threads on it
  atomic_bool stopped; // any thread: failed or cancelled
  bool is_cancelled;
  bool is_failed;
  bool is_finished;
  bt_error error;
  int64_t started, ended;      // nanoseconds, monotonic
  atomic_uint_fast64_t read;   // any thread: bytes
  atomic_int_fast64_t told_at; // any thread: when progress was last told
  bool is_in_events;
  struct bt_job *previous, *next; // in all jobs
  struct bt_job *next_ready;      // in the queue of jobs that have work for a thread
  struct bt_job *next_event;      // in the queue of jobs that have news for the owner
} bt_job;

// Copies everything in `values`. NULL with `error` filled.
bt_job *bt_job_make(const bt_hash_job *values, bt_error *error);
void bt_job_free(bt_job *job);

// First in, first out, linked by next_ready or next_event.
typedef struct {
  bt_job *first, *last;
} bt_job_queue;

void bt_ready_append(bt_job_queue *queue, bt_job *job);
void bt_ready_prepend(bt_job_queue *queue, bt_job *job);
void bt_ready_remove(bt_job_queue *queue, bt_job *job); // if it is there
void bt_events_append(bt_job_queue *queue, bt_job *job);
bt_job *bt_events_take(bt_job_queue *queue);
void bt_events_remove(bt_job_queue *queue, bt_job *job); // if it is there

#endif
