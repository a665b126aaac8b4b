// Threads that wait for disks: a queue of readings, and threads that come and go with it.
#include "http_readers.h"

#include "threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { idle_seconds = 10 };

// Owned by whoever made it and by each thread: the last one frees it.
struct bt_readers {
  pthread_mutex_t lock;
  pthread_cond_t wanted;
  bt_reading *queue; // locked, as all that follows
  bt_reading *busy;
  unsigned threads, idle, owners;
  bool ended;
};

bt_readers *bt_readers_new(void) {
  bt_readers *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  pthread_condattr_t steady;
  pthread_condattr_init(&steady);
  pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
  pthread_mutex_init(&self->lock, NULL);
  pthread_cond_init(&self->wanted, &steady);
  pthread_condattr_destroy(&steady);
  self->owners = 1;
  return self;
}

// Under the lock, which it gives back.
static void disown(bt_readers *self) {
  bool is_last = --self->owners == 0;
  pthread_mutex_unlock(&self->lock);
  if (!is_last) return;
  pthread_mutex_destroy(&self->lock);
  pthread_cond_destroy(&self->wanted);
  free(self);
}

bt_reading *bt_reading_new(bt_body *body, size_t size) {
  bt_reading *reading = calloc(1, sizeof *reading + size);
  if (!reading) return NULL;
  reading->body = body;
  reading->size = size;
  return reading;
}

void bt_reading_free(bt_reading *reading) {
  if (!reading) return;
  bt_body_free(reading->body);
  free(reading);
}

static bool has_place(const bt_readers *self, const bt_reading *reading) {
  const char *root = bt_body_root(reading->body);
  unsigned count = 0;
  for (const bt_reading *one = self->busy; one; one = one->next)
    count += strcmp(bt_body_root(one->body), root) == 0;
  return count < readers_of_a_root;
}

// Where the first one lies that may be read now.
static bt_reading **find_next(bt_readers *self) {
  for (bt_reading **place = &self->queue; *place; place = &(*place)->next)
    if (has_place(self, *place)) return place;
  return NULL;
}

static void take_off(bt_reading **list, bt_reading *reading) {
  while (*list != reading)
    list = &(*list)->next;
  *list = reading->next;
}

static void run(bt_reading *reading) {
  bt_error error;
  if (reading->size > 0) {
    reading->count = bt_body_read(reading->body, reading->bytes, reading->size);
  } else if (!bt_body_open(reading->body, &error)) {
    reading->count = -1;
    reading->problem = error.code;
  }
}

// Under the lock, which is given back meanwhile. Nobody waits any more for one that was given up.
static void read_next(bt_readers *self, bt_reading **place) {
  bt_reading *reading = *place;
  *place = reading->next;
  reading->next = self->busy;
  self->busy = reading;
  pthread_mutex_unlock(&self->lock);
  run(reading);
  pthread_mutex_lock(&self->lock);
  take_off(&self->busy, reading);
  if (reading->finish)
    reading->finish(reading->context, reading);
  else
    bt_reading_free(reading);
}

// Under the lock: false when there was nothing to do for long.
static bool rest(bt_readers *self) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += idle_seconds;
  self->idle++;
  int result = pthread_cond_timedwait(&self->wanted, &self->lock, &until);
  self->idle--;
  return result != ETIMEDOUT;
}

static void *work(void *context) {
  bt_readers *self = context;
  pthread_mutex_lock(&self->lock);
  for (;;) {
    bt_reading **place = find_next(self);
    if (place)
      read_next(self, place);
    else if (self->ended || (!rest(self) && !find_next(self)))
      break;
  }
  self->threads--;
  disown(self);
  return NULL;
}

// Under the lock: sees to it that somebody has time for what was just added. False when nobody has,
// nor ever will.
static bool call_thread(bt_readers *self) {
  unsigned waiting = 0;
  for (const bt_reading *one = self->queue; one; one = one->next)
    waiting++;
  pthread_cond_signal(&self->wanted);
  if (waiting <= self->idle || self->threads == readers_limit) return true;
  self->threads++;
  self->owners++;
  if (bt_threads_start(1, work, self) == 1) return true;
  self->threads--;
  self->owners--;
  return self->threads > 0;
}

// Nobody waits for it any more. The body, which a thread may be reading, is freed with it.
static void give_up(bt_reading *reading) {
  if (reading->finish) reading->finish(reading->context, NULL);
  reading->finish = NULL;
}

void bt_readers_add(bt_readers *self, bt_reading *reading) {
  pthread_mutex_lock(&self->lock);
  bt_reading **end = &self->queue;
  while (*end)
    end = &(*end)->next;
  reading->next = NULL;
  *end = reading;
  if (self->ended || !call_thread(self)) {
    *end = NULL;
    give_up(reading);
    bt_reading_free(reading);
  }
  pthread_mutex_unlock(&self->lock);
}

void bt_readers_end(bt_readers *self) {
  pthread_mutex_lock(&self->lock);
  self->ended = true;
  for (bt_reading *one = self->busy; one; one = one->next)
    give_up(one);
  while (self->queue) {
    bt_reading *one = self->queue;
    self->queue = one->next;
    give_up(one);
    bt_reading_free(one);
  }
  pthread_cond_broadcast(&self->wanted);
  pthread_mutex_unlock(&self->lock);
}

void bt_readers_free(bt_readers *self) {
  if (!self) return;
  bt_readers_end(self);
  pthread_mutex_lock(&self->lock);
  disown(self);
}
