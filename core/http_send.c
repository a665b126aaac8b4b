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

static ssize_t read_body(void *context, uint64_t position, char *bytes, size_t size) {
  http_request *request = context;
  bt_http *listener = request->listener;
  if (position != request->sent) return MHD_CONTENT_READER_END_WITH_ERROR;
  uint64_t later = 0;
  pthread_mutex_lock(&listener->lock);
  bool stopping = listener->stopping && !request->goodbye;
  if (!stopping) size = bt_bucket_take(&request->bucket, size, bt_http_now(), &later);
  if (!stopping && size == 0) throttle(request, later);
  pthread_mutex_unlock(&listener->lock);
  if (stopping) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (size == 0) return 0;
  ssize_t count = bt_body_read(request->answer->body, bytes, size);
  if (count <= 0) return MHD_CONTENT_READER_END_WITH_ERROR;
  request->sent += (uint64_t)count;
  return count;
}

// The response borrows the body, which lives until the request is completed.
static struct MHD_Response *make_response(http_request *request) {
  const bt_http_answer *answer = request->answer;
  uint64_t length = answer->has_length ? answer->length : bt_body_length(answer->body);
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

enum MHD_Result bt_http_send(http_request *request) {
  const bt_http_answer *answer = request->answer;
  bt_error error;
  if (answer->has_length && !request->bodiless)
    return bt_http_refuse(request, MHD_HTTP_INTERNAL_SERVER_ERROR);
  if (!bt_body_open(answer->body, &error))
    return bt_http_refuse(request,
                          error.code == BT_BUSY ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_GONE);
  struct MHD_Response *response = make_response(request);
  if (!response) return bt_http_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE);
  if (!add_fields(response, answer)) {
    MHD_destroy_response(response);
    return bt_http_refuse(request, MHD_HTTP_INTERNAL_SERVER_ERROR);
  }
  if (answer->rate > 0) bt_http_shorten_queue(request, answer->rate);
  if (answer->close || !request->keep) MHD_add_response_header(response, "Connection", "close");
  return queue(request, answer->status, response);
}
