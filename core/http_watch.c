// The watch of a listener: connections, their deadlines and their pace, and throttled readers.
//
// MHD's own timeout only sees a connection that is still; one byte every few seconds keeps it
// alive for ever, and a suspended one is not looked at: a stream's client may be gone for long. So
// a thread looks at all connections, once a second or when a throttled reader is due. shutdown(2)
// makes MHD notice by itself; the descriptor stays MHD's to close.
#include "http_inside.h"

#include <linux/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static const uint64_t second = 1000000000;
static const uint64_t least_pace = 1024; // bytes a second

uint64_t bt_http_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

void bt_http_resume(http_request *request) {
  request->resume_at = 0;
  MHD_resume_connection(request->handle);
}

void bt_http_shorten_queue(const http_request *request, uint64_t rate) {
  static const int short_queue = 64 * 1024, any_queue = -1;
  const int *queue = rate > 0 ? &short_queue : &any_queue;
  setsockopt(request->connection->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, queue, sizeof *queue);
}

// What was expected of the reader at a very low rate says nothing about the new one.
void bt_http_set_pace(http_request *request, uint64_t rate) {
  bt_bucket *bucket = &request->bucket;
  if ((bucket->rate == 0) != (rate == 0) && request->connection)
    bt_http_shorten_queue(request, rate);
  if (bucket->rate > 0 && bucket->rate < 2 * least_pace && request->connection)
    request->connection->window = 0;
  bt_bucket_set(bucket, rate);
  if (request->resume_at) bt_http_resume(request);
}

// What waits in the system does not go out any more: for a slow client that could take minutes.
void bt_http_cut_connection(http_connection *connection) {
  static const struct linger none = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  shutdown(connection->fd, SHUT_RDWR);
  if (connection->request && connection->request->resume_at) bt_http_resume(connection->request);
}

// Whether it has not asked for anything yet: silent, or still at its headers.
static bool is_idle(const http_connection *connection) {
  const http_request *request = connection->request;
  return connection->deadline && (!request || request->stage == request_new);
}

// Under the lock. So that who opens many connections and says nothing shuts nobody out: where three
// quarters are taken, each new one costs the one that has been idle for longest.
static void make_room(bt_http *listener) {
  size_t most = listener->options.connections;
  if (++listener->connection_count <= most - most / 4) return;
  http_connection *oldest = NULL;
  for (http_connection *one = listener->connections; one; one = one->next)
    if (is_idle(one) && (!oldest || one->deadline <= oldest->deadline)) oldest = one;
  if (!oldest) return;
  oldest->deadline = 0;
  bt_http_cut_connection(oldest);
}

static void on_started(bt_http *listener, struct MHD_Connection *handle, void **state) {
  http_connection *connection = calloc(1, sizeof *connection);
  *state = connection;
  int fd = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  if (!connection) {
    shutdown(fd, SHUT_RDWR);
    return;
  }
  bt_address peer;
  socklen_t length = sizeof peer;
  connection->fd = fd;
  if (getpeername(fd, &peer.any, &length) == 0)
    connection->port = bt_socket_name(&peer, connection->address);
  length = sizeof connection->local;
  getsockname(fd, &connection->local.any, &length);
  connection->deadline = bt_http_now() + listener->options.header_seconds * second;
  connection->refused = listener->path && !bt_socket_is_own_peer(fd);
  if (connection->refused || fd >= listener->fd_limit) shutdown(fd, SHUT_RDWR);
  pthread_mutex_lock(&listener->lock);
  make_room(listener);
  connection->next = listener->connections;
  if (connection->next) connection->next->previous = connection;
  listener->connections = connection;
  pthread_mutex_unlock(&listener->lock);
}

static void on_closed(bt_http *listener, http_connection *connection) {
  pthread_mutex_lock(&listener->lock);
  listener->connection_count--;
  if (connection->next) connection->next->previous = connection->previous;
  if (connection->previous)
    connection->previous->next = connection->next;
  else
    listener->connections = connection->next;
  pthread_mutex_unlock(&listener->lock);
  free(connection);
}

void bt_http_on_connection(void *context, struct MHD_Connection *handle, void **state,
                           enum MHD_ConnectionNotificationCode what) {
  if (what == MHD_CONNECTION_NOTIFY_STARTED)
    on_started(context, handle, state);
  else if (*state)
    on_closed(context, *state);
}

// Bytes that the peer has acknowledged or sent; what merely lies in our buffers does not count.
static uint64_t amount_moved(int fd) {
  struct tcp_info info = {0};
  socklen_t length = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 0;
  return info.tcpi_bytes_acked + info.tcpi_bytes_received;
}

static uint64_t pace_of(const http_request *request) {
  uint64_t rate = request->bucket.rate;
  return rate > 0 && rate / 2 < least_pace ? rate / 2 : least_pace;
}

// A stream says nothing for long, and its pile is limited; what waits for the opener is not slow.
static bool is_paced(const bt_http *listener, const http_request *request) {
  if (!request || listener->path || listener->options.slow_seconds == 0) return false;
  if (request->stage == request_asking || request->stage == request_waiting ||
      request->stage == request_piece)
    return false;
  if (request->is_reading) return false;
  return !request->answer || !request->answer->is_stream;
}

static bool is_too_slow(bt_http *listener, http_connection *connection, uint64_t now) {
  const http_request *request = connection->request;
  uint64_t span = listener->options.slow_seconds * second;
  if (!is_paced(listener, request)) {
    connection->window = 0;
    return false;
  }
  if (connection->window && now - connection->window < span) return false;
  uint64_t moved = amount_moved(connection->fd);
  bool slow = connection->window &&
              moved - connection->window_amount < pace_of(request) * listener->options.slow_seconds;
  connection->window = now;
  connection->window_amount = moved;
  return slow;
}

// Returns when it wants to look at this one again.
static uint64_t look_at(bt_http *listener, http_connection *connection, uint64_t now) {
  http_request *request = connection->request;
  bool is_late = connection->deadline && connection->deadline <= now;
  if (is_late || is_too_slow(listener, connection, now)) {
    connection->deadline = 0;
    bt_http_cut_connection(connection);
    return UINT64_MAX;
  }
  if (!request || !request->resume_at) return UINT64_MAX;
  if (request->answer->is_stream) bt_http_check_client(request);
  if (request->resume_at > now) return request->resume_at;
  if (request->resume_at) bt_http_resume(request);
  return UINT64_MAX;
}

void *bt_http_watch(void *context) {
  bt_http *listener = context;
  pthread_mutex_lock(&listener->lock);
  while (!listener->watch_ended) {
    uint64_t now = bt_http_now();
    uint64_t due = now + second;
    for (http_connection *one = listener->connections; one; one = one->next) {
      uint64_t again = look_at(listener, one, now);
      if (again < due) due = again;
    }
    listener->watch_due = due;
    struct timespec until = {(time_t)(due / second), (long)(due % second)};
    pthread_cond_timedwait(&listener->changed, &listener->lock, &until);
  }
  pthread_mutex_unlock(&listener->lock);
  return NULL;
}
