// Streams: replies that grow while they are being sent, such as server-sent events.
//
// The opener pushes bytes onto a pile, the reader takes them off on MHD's threads, and is suspended
// while there are none. Both hold the listener's lock, so no push falls between the look at an
// empty pile and the suspension.
#include "http_inside.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static size_t pile_length(const http_pile *pile) {
  return pile->end - pile->begin;
}

// Moves what is left to the front before it asks for more memory.
static bool make_room(http_pile *pile, size_t length) {
  if (length <= pile->room - pile->end) return true;
  size_t left = pile_length(pile);
  if (left > 0) memmove(pile->bytes, pile->bytes + pile->begin, left);
  pile->begin = 0;
  pile->end = left;
  if (length <= pile->room - left) return true;
  size_t room = left + length + (left + length) / 2;
  char *bytes = realloc(pile->bytes, room);
  if (!bytes) return false;
  pile->bytes = bytes;
  pile->room = room;
  return true;
}

static bool add(http_pile *pile, const char *bytes, size_t length) {
  bool fits = length <= bt_http_stream_limit - pile_length(pile) && make_room(pile, length);
  if (!fits) return false;
  if (length > 0) memcpy(pile->bytes + pile->end, bytes, length);
  pile->end += length;
  return true;
}

// A stream that was quiet for a while gives its memory back.
static size_t take(http_pile *pile, char *bytes, size_t size) {
  size_t count = pile_length(pile) < size ? pile_length(pile) : size;
  memcpy(bytes, pile->bytes + pile->begin, count);
  pile->begin += count;
  if (pile->begin < pile->end) return count;
  free(pile->bytes);
  pile->bytes = NULL;
  pile->begin = pile->end = pile->room = 0;
  return count;
}

ssize_t bt_http_read_stream(void *context, uint64_t position, char *bytes, size_t size) {
  http_request *request = context;
  bt_http *listener = request->listener;
  http_pile *pile = &request->pile;
  bt_body *body = request->answer->body;
  ssize_t count = position < bt_body_length(body) ? bt_body_read(body, bytes, size) : 0;
  pthread_mutex_lock(&listener->lock);
  if (listener->stopping || pile->is_broken) {
    count = MHD_CONTENT_READER_END_WITH_ERROR;
  } else if (count == 0 && pile_length(pile) > 0) {
    count = (ssize_t)take(pile, bytes, size);
  } else if (count == 0 && pile->is_finished) {
    count = MHD_CONTENT_READER_END_OF_STREAM;
  } else if (count == 0) {
    request->resume_at = UINT64_MAX;
    MHD_suspend_connection(request->handle);
  }
  pthread_mutex_unlock(&listener->lock);
  if (count > 0) request->sent += (uint64_t)count;
  return count;
}

// Under the lock.
static http_request *find_stream(bt_http *listener, uint64_t id) {
  http_request *request = bt_http_find(listener, id);
  bool is_open = request && request->stage >= request_answered && request->answer &&
                 request->answer->is_stream && !request->pile.is_finished &&
                 !request->pile.is_broken;
  return is_open ? request : NULL;
}

bool bt_http_push(bt_http *listener, uint64_t id, const char *bytes, size_t length,
                  uint64_t *queued) {
  pthread_mutex_lock(&listener->lock);
  http_request *request = find_stream(listener, id);
  if (request && !add(&request->pile, bytes, length)) {
    request->pile.is_broken = true;
    bt_http_cut_connection(request->connection);
    request = NULL;
  }
  if (request) {
    *queued = pile_length(&request->pile);
    if (request->resume_at) bt_http_resume(request);
  }
  pthread_mutex_unlock(&listener->lock);
  return request != NULL;
}

bool bt_http_finish(bt_http *listener, uint64_t id) {
  pthread_mutex_lock(&listener->lock);
  http_request *request = find_stream(listener, id);
  if (request) {
    request->pile.is_finished = true;
    if (request->resume_at) bt_http_resume(request);
  }
  pthread_mutex_unlock(&listener->lock);
  return request != NULL;
}

void bt_http_check_client(http_request *request) {
  struct pollfd client = {.fd = request->connection->fd, .events = POLLRDHUP};
  if (poll(&client, 1, 0) <= 0) return;
  request->pile.is_broken = true;
  bt_http_resume(request);
}
