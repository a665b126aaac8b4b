// Sending, on MHD's threads: an answer becomes a response, its body is read piece by piece.
//
// Files are never handed to sendfile(2), although it is faster: nobody could look at the file
// between two of its pieces, and what changed half-way would go out in part old, in part new.
#include "http_inside.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { block_size = 256 * 1024, small_block_size = 32 * 1024 };

static const char *reason(unsigned status) {
  switch (status) {
  case MHD_HTTP_FORBIDDEN:
    return "not your socket\n";
  case MHD_HTTP_GONE:
    return "this has changed since the link was opened; open the link again\n";
  case MHD_HTTP_CONTENT_TOO_LARGE:
    return "too large\n";
  case MHD_HTTP_URI_TOO_LONG:
    return "target too long\n";
  case MHD_HTTP_MISDIRECTED_REQUEST:
    return "wrong host\n";
  case MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE:
    return "headers too large\n";
  case MHD_HTTP_INTERNAL_SERVER_ERROR:
    return "failed\n";
  case MHD_HTTP_SERVICE_UNAVAILABLE:
    return "busy\n";
  case MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED:
    return "unknown version\n";
  default:
    return "bad request\n";
  }
}

static enum MHD_Result queue(http_request *request, unsigned status,
                             struct MHD_Response *response) {
  enum MHD_Result result = MHD_queue_response(request->handle, status, response);
  MHD_destroy_response(response); // MHD keeps its own reference
  return result;
}

enum MHD_Result bt_http_refuse(http_request *request, unsigned status) {
  const char *text = reason(status);
  struct MHD_Response *response = MHD_create_response_from_buffer(
      strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
  if (!response) return MHD_NO;
  request->bodiless = true;
  MHD_add_response_header(response, "Content-Type", "text/plain");
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  MHD_add_response_header(response, "Connection", "close");
  return queue(request, status, response);
}

void bt_http_refuse_raw(http_request *request, unsigned status) {
  char text[256];
  const char *body = reason(status);
  int length = snprintf(text, sizeof text,
                        "HTTP/1.1 %u Refused\r\nContent-Type: text/plain\r\n"
                        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        status, strlen(body), body);
  send(request->connection->fd, text, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Under the lock. A suspended reader is called again when the watch resumes it, or the end does.
static void throttle(http_request *request, uint64_t later) {
  bt_http *listener = request->listener;
  request->resume_at = later;
  MHD_suspend_connection(request->handle);
  if (later < listener->watch_due) pthread_cond_broadcast(&listener->changed);
}

// Gives the body back to the answer. Without one the readers have ended: so will the request.
static void take_body(http_request *request, bt_reading *reading) {
  request->answer->body = reading ? reading->body : NULL;
  if (reading) reading->body = NULL;
  request->reading = reading;
}

// Under the readers' lock.
static void on_read(void *context, bt_reading *reading) {
  http_request *request = context;
  bt_http *listener = request->listener;
  pthread_mutex_lock(&listener->lock);
  take_body(request, reading);
  request->is_reading = false;
  MHD_resume_connection(request->handle);
  pthread_mutex_unlock(&listener->lock);
}

// The request is suspended, or about to be: from here on it is on_read's.
static void read_on(http_request *request, bt_reading *reading) {
  reading->finish = on_read;
  reading->context = request;
  bt_readers_add(request->listener->readers, reading);
}

void bt_http_open_files(http_request *request) {
  bt_reading *reading = bt_reading_new(request->answer->body, 0);
  pthread_mutex_lock(&request->listener->lock);
  request->is_reading = reading != NULL;
  if (!reading) MHD_resume_connection(request->handle);
  pthread_mutex_unlock(&request->listener->lock);
  if (reading) read_on(request, reading);
}

static ssize_t wait_for_disk(http_request *request, size_t size) {
  bt_reading *reading = bt_reading_new(request->answer->body, size);
  if (!reading) return MHD_CONTENT_READER_END_WITH_ERROR;
  pthread_mutex_lock(&request->listener->lock);
  request->is_reading = true;
  MHD_suspend_connection(request->handle);
  pthread_mutex_unlock(&request->listener->lock);
  read_on(request, reading);
  return 0;
}

// What was read was taken from the bucket before.
static ssize_t take_read(http_request *request, char *bytes, size_t size) {
  bt_reading *reading = request->reading;
  if (reading->count <= 0) return -1;
  size_t left = (size_t)reading->count - reading->given;
  if (size > left) size = left;
  memcpy(bytes, reading->bytes + reading->given, size);
  reading->given += size;
  if (size < left) return (ssize_t)size;
  bt_reading_free(reading);
  request->reading = NULL;
  return (ssize_t)size;
}

// For bytes that were not in memory, and so did not go.
static void return_tokens(http_request *request, size_t bytes) {
  pthread_mutex_lock(&request->listener->lock);
  bt_bucket_return(&request->bucket, bytes);
  pthread_mutex_unlock(&request->listener->lock);
}

static ssize_t read_body(void *context, uint64_t position, char *bytes, size_t size) {
  http_request *request = context;
  bt_http *listener = request->listener;
  bool has_read = request->reading != NULL;
  if (position != request->sent || !request->answer->body) return MHD_CONTENT_READER_END_WITH_ERROR;
  uint64_t later = 0;
  pthread_mutex_lock(&listener->lock);
  bool stopping = listener->stopping && !request->goodbye;
  if (!stopping && !has_read) size = bt_bucket_take(&request->bucket, size, bt_http_now(), &later);
  if (!stopping && size == 0) throttle(request, later);
  pthread_mutex_unlock(&listener->lock);
  if (stopping) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (size == 0) return 0;
  ssize_t count = has_read ? take_read(request, bytes, size)
                           : bt_body_read_at_once(request->answer->body, bytes, size);
  if (count == bt_body_waits) return wait_for_disk(request, size);
  if (count <= 0) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (!has_read && (size_t)count < size) return_tokens(request, size - (size_t)count);
  request->sent += (uint64_t)count;
  return count;
}

// The response borrows the body, which lives until the request is completed.
static struct MHD_Response *make_response(http_request *request, const bt_http_answer *answer) {
  uint64_t length = answer->has_length ? answer->length : bt_body_length(answer->body);
  if (answer->is_stream)
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, small_block_size,
                                             bt_http_read_stream, request, NULL);
  bool is_plain = answer->rate == 0 && !answer->has_length && !answer->is_told;
  const char *bytes = is_plain ? bt_body_bytes(answer->body) : NULL;
  if (bytes)
    return MHD_create_response_from_buffer((size_t)length, (void *)(uintptr_t)bytes,
                                           MHD_RESPMEM_PERSISTENT);
  size_t block = length > small_block_size ? block_size : small_block_size;
  return MHD_create_response_from_callback(length, block, read_body, request, NULL);
}

static bool add_fields(struct MHD_Response *response, const bt_http_answer *answer) {
  bool has_nosniff = false;
  for (size_t i = 0; i < answer->field_count; i++) {
    const bt_http_field *field = &answer->fields[i];
    has_nosniff = has_nosniff || strcasecmp(field->name, "X-Content-Type-Options") == 0;
    if (MHD_add_response_header(response, field->name, field->value) != MHD_YES) return false;
  }
  return has_nosniff ||
         MHD_add_response_header(response, "X-Content-Type-Options", "nosniff") == MHD_YES;
}

// A stream is silent for as long as nothing happens, so its connection has no time-out from here
// on, and cannot be used for further requests, which need one. The system buffers megabytes where
// it may: then a client that sleeps would seem to read for long.
static void prepare_stream(http_request *request) {
  static const int buffer_size = 64 * 1024;
  setsockopt(request->connection->fd, SOL_SOCKET, SO_SNDBUF, &buffer_size, sizeof buffer_size);
  MHD_set_connection_option(request->handle, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
  request->keep = false;
}

// Whether the first file could be opened, if there is one.
static bool take_opened(http_request *request, unsigned *status) {
  bt_reading *opened = request->reading;
  bool is_gone = opened && opened->count < 0 && opened->problem != BT_BUSY;
  bool is_open = request->answer->body && (!opened || opened->count == 0);
  *status = is_gone ? MHD_HTTP_GONE : MHD_HTTP_SERVICE_UNAVAILABLE;
  bt_reading_free(opened);
  request->reading = NULL;
  return is_open;
}

static enum MHD_Result send_answer(http_request *request, const bt_http_answer *answer) {
  struct MHD_Response *response = make_response(request, answer);
  if (!response) return bt_http_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE);
  if (!add_fields(response, answer)) {
    MHD_destroy_response(response);
    return bt_http_refuse(request, MHD_HTTP_INTERNAL_SERVER_ERROR);
  }
  if (answer->is_stream) prepare_stream(request);
  if (answer->rate > 0) bt_http_shorten_queue(request, answer->rate);
  if (answer->close || !request->keep) MHD_add_response_header(response, "Connection", "close");
  return queue(request, answer->status, response);
}

enum MHD_Result bt_http_send(http_request *request) {
  unsigned status;
  const bt_http_answer *answer = request->answer;
  if (answer->has_length && !request->bodiless)
    return bt_http_refuse(request, MHD_HTTP_INTERNAL_SERVER_ERROR);
  if (take_opened(request, &status)) return send_answer(request, answer);
  if (status == MHD_HTTP_GONE && answer->gone) return send_answer(request, answer->gone);
  return bt_http_refuse(request, status);
}
