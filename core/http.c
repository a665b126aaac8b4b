// HTTP listeners: opening, the opener's side of the queue, and stopping.
#include "http_inside.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { connection_memory = 64 * 1024 };

// MHD must leave targets alone: it would cut them at %00 and decode %2f.
static size_t keep_escapes(void *context, struct MHD_Connection *handle, char *text) {
  (void)context, (void)handle;
  return strlen(text);
}

static bool bind_socket(bt_http *listener, const bt_http_options *options, bt_error *error) {
  if (options->path) {
    listener->path = strdup(options->path);
    if (!listener->path) return bt_fail(error, BT_FULL, "%s: no memory", options->path);
    listener->fd = bt_socket_listen_local(options->path, error);
    if (listener->fd >= 0) return true;
    free(listener->path); // not ours, so not to be removed
    listener->path = NULL;
    return false;
  }
  bt_address bound;
  listener->fd = bt_socket_listen(options->address, options->port, &bound, error);
  if (listener->fd < 0) return false;
  listener->port = bt_socket_name(&bound, listener->address);
  listener->loopback = bt_socket_is_loopback(&bound);
  return true;
}

// The old parser's own check for Host sends the head of its refusal twice; the gate has one.
static bool start_daemon(bt_http *listener) {
  const bt_http_options *options = &listener->options;
  struct MHD_OptionItem more[] = {
      {MHD_OPTION_THREAD_POOL_SIZE, options->threads > 1 ? (intptr_t)options->threads : 0, NULL},
      {MHD_OPTION_END, 0, NULL},
  };
  listener->daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
      bt_http_on_call, listener, MHD_OPTION_LISTEN_SOCKET, listener->fd,
      MHD_OPTION_STRICT_FOR_CLIENT, listener->lenient ? 0 : 1, MHD_OPTION_UNESCAPE_CALLBACK,
      keep_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK, bt_http_on_target, listener,
      MHD_OPTION_NOTIFY_COMPLETED, bt_http_on_completed, listener, MHD_OPTION_NOTIFY_CONNECTION,
      bt_http_on_connection, listener, MHD_OPTION_CONNECTION_LIMIT, options->connections,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->path ? 0 : options->connections_per_address,
      MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      (size_t)connection_memory, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
  return listener->daemon != NULL;
}

// Signals are for the loop's thread.
static bool start_threads(bt_http *listener) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&listener->watch, NULL, bt_http_watch, listener) == 0;
  if (started && !start_daemon(listener)) {
    pthread_mutex_lock(&listener->lock);
    listener->watch_ended = true;
    pthread_cond_broadcast(&listener->changed);
    pthread_mutex_unlock(&listener->lock);
    pthread_join(listener->watch, NULL);
    started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

// With no descriptor left accept(2) fails, and MHD tries again and again at full speed. So the last
// ones are never given to connections. Descriptors are numbered from below: a high one tells.
static int descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT_MAX) return INT_MAX;
  int most = (int)limit.rlim_cur;
  return most - (most < 256 ? most / 8 : 32);
}

static void make_lock(bt_http *listener) {
  pthread_condattr_t steady;
  pthread_condattr_init(&steady);
  pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
  pthread_mutex_init(&listener->lock, NULL);
  pthread_cond_init(&listener->changed, &steady);
  pthread_condattr_destroy(&steady);
}

static void close_socket(bt_http *listener) {
  if (listener->fd < 0) return;
  close(listener->fd);
  listener->fd = -1;
  if (listener->path) unlink(listener->path);
}

static void free_hosts(char **hosts, size_t count) {
  for (size_t i = 0; i < count; i++)
    free(hosts[i]);
  free(hosts);
}

static void release(bt_http *listener) {
  close_socket(listener);
  free_hosts(listener->hosts, listener->host_count);
  pthread_mutex_destroy(&listener->lock);
  pthread_cond_destroy(&listener->changed);
  bt_readers_free(listener->readers);
  free(listener->slots);
  free(listener->path);
  free(listener);
}

bt_http *bt_http_open(const bt_http_options *options, bt_error *error) {
  bt_http *listener = calloc(1, sizeof *listener);
  if (!listener) {
    bt_fail(error, BT_FULL, "http: no memory");
    return NULL;
  }
  make_lock(listener);
  listener->options = *options;
  listener->fd = -1;
  listener->queue_end = &listener->queue;
  listener->ends_end = &listener->ends;
  listener->lenient = strncmp(MHD_get_version(), "0.", 2) == 0;
  listener->fd_limit = descriptor_limit();
  listener->slot_count = options->connections;
  listener->slots = calloc(listener->slot_count + 1, sizeof *listener->slots);
  listener->readers = bt_readers_new();
  if (!listener->slots || !listener->readers) {
    bt_fail(error, BT_FULL, "http: no memory");
  } else if (bind_socket(listener, options, error)) {
    if (start_threads(listener)) return listener;
    bt_fail(error, BT_FAILED, "%s: threads cannot be started", bt_http_address(listener));
  }
  release(listener);
  return NULL;
}

const char *bt_http_address(const bt_http *listener) {
  return listener->path ? listener->path : listener->address;
}

uint16_t bt_http_port(const bt_http *listener) {
  return listener->port;
}

bool bt_http_set_hosts(bt_http *listener, const char *const *names, size_t count) {
  char **hosts = calloc(count + 1, sizeof *hosts);
  if (!hosts) return false;
  for (size_t i = 0; i < count; i++) {
    hosts[i] = strdup(names[i]);
    if (hosts[i]) continue;
    free_hosts(hosts, i);
    return false;
  }
  pthread_mutex_lock(&listener->lock);
  char **old = listener->hosts;
  size_t old_count = listener->host_count;
  listener->hosts = hosts;
  listener->host_count = count;
  pthread_mutex_unlock(&listener->lock);
  free_hosts(old, old_count);
  return true;
}

bool bt_http_next(bt_http *listener, bt_http_event *event) {
  *event = (bt_http_event){0};
  pthread_mutex_lock(&listener->lock);
  http_request *request = listener->queue;
  http_end *end = request ? NULL : listener->ends;
  if (request) {
    listener->queue = request->next;
    if (!listener->queue) listener->queue_end = &listener->queue;
    event->request = &request->seen;
    event->id = request->seen.id;
    event->is_head = request->stage == request_asking;
    event->is_piece = request->stage == request_piece;
    request->is_told = event->is_piece;
  } else if (end) {
    listener->ends = end->next;
    if (!listener->ends) listener->ends_end = &listener->ends;
    *event = (bt_http_event){.id = end->id, .bytes = end->bytes, .complete = end->complete};
  }
  pthread_mutex_unlock(&listener->lock);
  free(end);
  return request || end;
}

// Under the lock.
static void give(http_request *request, bt_http_answer *answer, http_end *end) {
  request->answer = answer;
  request->end = end;
  request->bucket.rate = answer->rate;
  request->length = bt_body_length(answer->body);
  request->stage = request_answered;
}

static bool is_asked(const http_request *request) {
  return request && (request->stage == request_waiting || request->stage == request_asking);
}

bool bt_http_reply(bt_http *listener, uint64_t id, bt_http_answer *answer) {
  bool has_files = bt_body_has_files(answer->body);
  bool is_told = answer->is_told || has_files;
  http_end *end = is_told ? calloc(1, sizeof *end) : NULL;
  pthread_mutex_lock(&listener->lock);
  http_request *request = bt_http_find(listener, id);
  bool found = is_asked(request);
  if (found) give(request, answer, end);
  if (found && !has_files) MHD_resume_connection(request->handle); // now it is MHD's
  pthread_mutex_unlock(&listener->lock);
  if (found && has_files) bt_http_open_files(request);
  if (found) return true;
  free(end);
  bt_http_answer_free(answer);
  return false;
}

// Under the lock. Short answers that are on their way, such as the one to "quit", get out yet.
static bool is_nearly_done(const http_request *request) {
  return request && request->stage >= request_answered && !request->end &&
         request->bucket.rate == 0;
}

// Under the lock: what waits is answered, what takes long is cut.
static void say_goodbye(bt_http *listener) {
  listener->stopping = true;
  listener->queue = NULL;
  listener->queue_end = &listener->queue;
  for (http_connection *one = listener->connections; one; one = one->next) {
    http_request *request = one->request;
    bool is_waiting = is_asked(request);
    bt_http_answer *answer = is_waiting ? bt_http_answer_new(MHD_HTTP_SERVICE_UNAVAILABLE) : NULL;
    if (answer) {
      bt_http_answer_bytes(answer, "busy\n", 5);
      bt_http_answer_close(answer);
      give(request, answer, NULL);
      MHD_resume_connection(request->handle);
    } else if (is_waiting) {
      request->stage = request_sending; // without memory it ends without an answer
      MHD_resume_connection(request->handle);
    }
    if (is_nearly_done(request)) {
      request->goodbye = true;
      listener->goodbyes++;
    } else {
      bt_http_cut_connection(one);
      if (request && request->stage == request_piece) bt_http_go_on(request);
    }
  }
}

// MHD's threads end without another look at what was resumed, so they get a moment for it.
static void await_goodbyes(bt_http *listener) {
  static const uint64_t patience = 50000000;
  uint64_t due = bt_http_now() + patience;
  struct timespec until = {(time_t)(due / 1000000000), (long)(due % 1000000000)};
  while (listener->goodbyes > 0)
    if (pthread_cond_timedwait(&listener->changed, &listener->lock, &until) != 0) break;
}

void bt_http_stop(bt_http *listener) {
  if (!listener->daemon) return;
  MHD_quiesce_daemon(listener->daemon); // the descriptor is ours again
  pthread_mutex_lock(&listener->lock);
  say_goodbye(listener);
  pthread_mutex_unlock(&listener->lock);
  bt_readers_end(listener->readers); // MHD ends when nothing is suspended any more
  pthread_mutex_lock(&listener->lock);
  await_goodbyes(listener);
  listener->watch_ended = true;
  pthread_cond_broadcast(&listener->changed);
  pthread_mutex_unlock(&listener->lock);
  pthread_join(listener->watch, NULL);
  MHD_stop_daemon(listener->daemon);
  listener->daemon = NULL;
  close_socket(listener);
}

void bt_http_free(bt_http *listener) {
  if (!listener) return;
  bt_http_stop(listener);
  bt_http_event event;
  while (bt_http_next(listener, &event))
    continue;
  release(listener);
}
