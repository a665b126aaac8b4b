// The mapper's thread: finds a router that opens ports, asks it again and again, closes them.
#include "mapper.h"
#include "mapper_ways.h"
#include "threads.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// NAT-PMP first: it asks one machine, UPnP everybody.
static const bt_mapper_way *const ways[] = {&bt_mapper_natpmp, &bt_mapper_upnp};
enum { way_count = sizeof ways / sizeof *ways, longest_backoff = 12 };

struct bt_mapper {
  bt_mapper_options options; // `address` is `own_address`, or NULL
  char own_address[16];

  pthread_mutex_t mutex; // guards what follows
  pthread_cond_t changed;
  bool is_asked, is_stopping;
  bool is_freed;    // by its owner: the thread frees it
  bool is_ended;    // the thread touches it no more, or never did
  bool may_be_open; // a router was asked for a port
  bool has_news;
  bt_mapper_event event;

  // The thread's own.
  const bt_mapper_way *way; // NULL: no router found
  void *router;
  bt_mapper_port ports[BT_MAPPER_PORTS];
  bool is_open[BT_MAPPER_PORTS];
};

static void destroy(bt_mapper *mapper) {
  pthread_cond_destroy(&mapper->changed);
  pthread_mutex_destroy(&mapper->mutex);
  free(mapper);
}

static void forget_router(bt_mapper *mapper) {
  if (mapper->way) mapper->way->close(mapper->router);
  mapper->way = NULL;
  memset(mapper->is_open, 0, sizeof mapper->is_open);
}

static void close_ports(bt_mapper *mapper) {
  for (size_t i = 0; i < mapper->options.count; i++)
    if (mapper->is_open[i]) mapper->way->unmap(mapper->router, &mapper->ports[i]);
  forget_router(mapper);
}

// From here on there is something to undo. False where the end has begun.
static bool may_ask(bt_mapper *mapper) {
  pthread_mutex_lock(&mapper->mutex);
  bool may = !mapper->is_stopping;
  if (may) mapper->may_be_open = true;
  pthread_mutex_unlock(&mapper->mutex);
  return may;
}

// Asks the router that we know for every port. Returns how many are open. A refusal tells more than
// silence, so it is what `error` keeps.
static size_t map_all(bt_mapper *mapper, bt_error *error) {
  size_t open = 0;
  for (size_t i = 0; i < mapper->options.count && may_ask(mapper); i++) {
    bt_error refusal;
    mapper->is_open[i] = mapper->way->map(mapper->router, &mapper->ports[i],
                                          mapper->options.lease_seconds, &refusal);
    open += mapper->is_open[i];
    if (!mapper->is_open[i] && (error->code == BT_MISSING || !error->message[0])) *error = refusal;
  }
  return open;
}

// Where a router refuses, its address says more than its words: see bt_mapper_event.external.
static size_t find_router(bt_mapper *mapper, bt_mapper_event *event) {
  for (size_t i = 0; i < way_count; i++) {
    bt_error failure;
    mapper->router = ways[i]->open(mapper->options.address, &failure);
    if (!mapper->router) {
      if (!event->error.message[0]) event->error = failure;
      continue;
    }
    mapper->way = ways[i];
    size_t open = map_all(mapper, &event->error);
    if (open > 0) return open;
    if (!event->external[0]) mapper->way->external(mapper->router, event->external);
    forget_router(mapper);
  }
  return 0;
}

static void tell(bt_mapper *mapper, const bt_mapper_event *event) {
  pthread_mutex_lock(&mapper->mutex);
  mapper->event = *event;
  mapper->has_news = true;
  if (!mapper->is_freed) mapper->options.wake(mapper->options.context);
  pthread_mutex_unlock(&mapper->mutex);
}

// One asking. Returns whether any port is open.
static bool ask(bt_mapper *mapper, bool anew) {
  bt_mapper_event event = {0};
  size_t open = 0;
  if (anew) close_ports(mapper); // which stand for an address that we may have no more
  if (mapper->way) open = map_all(mapper, &event.error);
  if (open == 0) {
    forget_router(mapper);
    event.error.message[0] = 0;
    open = find_router(mapper, &event);
  }
  if (open > 0) {
    event.way = mapper->way->name;
    mapper->way->external(mapper->router, event.external);
  }
  for (size_t i = 0; i < mapper->options.count; i++)
    if (mapper->is_open[i]) event.outer[i] = mapper->ports[i].outer;
  tell(mapper, &event);
  return open > 0;
}

// Waits until it is time to ask again. False: the end has begun.
static bool wait(bt_mapper *mapper, unsigned seconds, bool *anew) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += seconds;
  pthread_mutex_lock(&mapper->mutex);
  int result = 0;
  while (!mapper->is_stopping && !mapper->is_asked && result == 0)
    result = pthread_cond_timedwait(&mapper->changed, &mapper->mutex, &end);
  *anew = mapper->is_asked;
  mapper->is_asked = false;
  bool goes_on = !mapper->is_stopping;
  pthread_mutex_unlock(&mapper->mutex);
  return goes_on;
}

static void finish(bt_mapper *mapper) {
  close_ports(mapper);
  pthread_mutex_lock(&mapper->mutex);
  mapper->event = (bt_mapper_event){.is_ended = true};
  mapper->has_news = mapper->is_ended = true;
  bool is_freed = mapper->is_freed;
  if (!is_freed) mapper->options.wake(mapper->options.context);
  pthread_mutex_unlock(&mapper->mutex);
  if (is_freed) destroy(mapper);
}

static void *run(void *context) {
  bt_mapper *mapper = context;
  unsigned backoff = 1;
  bool anew = false;
  do {
    bool is_open = ask(mapper, anew);
    backoff = is_open || anew ? 1 : backoff * 2;
    if (backoff > longest_backoff) backoff = longest_backoff;
  } while (wait(mapper, mapper->options.refresh_seconds * backoff, &anew));
  finish(mapper);
  return NULL;
}

static bool copy_options(bt_mapper *mapper, const bt_mapper_options *options) {
  mapper->options = *options;
  if (options->address) {
    int length = snprintf(mapper->own_address, sizeof mapper->own_address, "%s", options->address);
    if (length >= (int)sizeof mapper->own_address) return false;
    mapper->options.address = mapper->own_address;
  }
  if (options->count > BT_MAPPER_PORTS) return false;
  for (size_t i = 0; i < options->count; i++) {
    mapper->ports[i] = options->ports[i];
    if (mapper->ports[i].outer == 0) mapper->ports[i].outer = mapper->ports[i].inner;
  }
  return true;
}

bt_mapper *bt_mapper_open(const bt_mapper_options *options, bt_error *error) {
  bt_mapper *mapper = calloc(1, sizeof *mapper);
  if (!mapper || !copy_options(mapper, options)) {
    bt_fail(error, mapper ? BT_INVALID : BT_FULL, mapper ? "mapper: bad options" : "no memory");
    free(mapper);
    return NULL;
  }
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&mapper->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  pthread_mutex_init(&mapper->mutex, NULL);
  if (bt_threads_start(1, run, mapper) == 1) return mapper;
  destroy(mapper);
  bt_fail(error, BT_FULL, "mapper: no thread");
  return NULL;
}

bool bt_mapper_next(bt_mapper *mapper, bt_mapper_event *event) {
  pthread_mutex_lock(&mapper->mutex);
  bool has_news = mapper->has_news;
  if (has_news) *event = mapper->event;
  mapper->has_news = false;
  pthread_mutex_unlock(&mapper->mutex);
  return has_news;
}

void bt_mapper_ask(bt_mapper *mapper) {
  pthread_mutex_lock(&mapper->mutex);
  mapper->is_asked = true;
  pthread_cond_signal(&mapper->changed);
  pthread_mutex_unlock(&mapper->mutex);
}

bool bt_mapper_stop(bt_mapper *mapper) {
  pthread_mutex_lock(&mapper->mutex);
  mapper->is_stopping = true;
  bool may_be_open = mapper->may_be_open;
  pthread_cond_signal(&mapper->changed);
  pthread_mutex_unlock(&mapper->mutex);
  return may_be_open;
}

void bt_mapper_free(bt_mapper *mapper) {
  pthread_mutex_lock(&mapper->mutex);
  mapper->is_stopping = mapper->is_freed = true;
  bool is_ended = mapper->is_ended;
  pthread_cond_signal(&mapper->changed);
  pthread_mutex_unlock(&mapper->mutex);
  if (is_ended) destroy(mapper);
}
