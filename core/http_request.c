// A request on MHD's threads: from its first line, past the gate, to the queue.
//
// MHD calls bt_http_on_target with the first line, then bt_http_on_call with all headers, again
// for each piece of the body, and once more when the request is whole. A refusal in the call with
// the headers ends the connection and sends no "100 Continue"; so everything is refused there. That
// call comes again after it was suspended, to ask the opener.
#include "http_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *bt_http_on_target(void *context, const char *target, struct MHD_Connection *handle) {
  bt_http *listener = context;
  size_t length = target ? strlen(target) : 0;
  size_t kept = length <= bt_gate_target_limit ? length : 0;
  http_request *request = calloc(1, sizeof *request + 2 * (kept + 1));
  if (!request) return NULL;
  request->listener = listener;
  request->handle = handle;
  request->raw_target = target;
  request->target_length = length;
  request->keep = true;
  request->seen.body_file = -1;
  if (kept > 0) memcpy(request->text, target, kept);
  request->connection =
      MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  pthread_mutex_lock(&listener->lock);
  if (request->connection) request->connection->request = request;
  pthread_mutex_unlock(&listener->lock);
  return request;
}

static void enter(http_request *request, request_stage stage) {
  pthread_mutex_lock(&request->listener->lock);
  request->stage = stage;
  pthread_mutex_unlock(&request->listener->lock);
}

typedef struct {
  bt_http_field *fields;
  size_t count, room;
} field_list;

static enum MHD_Result add_field(void *context, enum MHD_ValueKind kind, const char *name,
                                 size_t name_length, const char *value, size_t value_length) {
  (void)kind;
  field_list *list = context;
  if (list->count == list->room) return MHD_NO;
  list->fields[list->count++] =
      (bt_http_field){name, name_length, value ? value : "", value ? value_length : 0};
  return MHD_YES;
}

// The fields stay where MHD has them, which is good until the request is completed.
static bool take_fields(http_request *request) {
  field_list list = {.room = bt_gate_field_limit + 1};
  int count = MHD_get_connection_values_n(request->handle, MHD_HEADER_KIND, NULL, NULL);
  if (count >= 0 && (size_t)count < list.room) list.room = (size_t)count;
  list.fields = calloc(list.room + 1, sizeof *list.fields);
  if (!list.fields) return false;
  MHD_get_connection_values_n(request->handle, MHD_HEADER_KIND, add_field, &list);
  request->fields = list.fields;
  request->seen.fields = list.fields;
  request->seen.field_count = list.count;
  return true;
}

// The parser before 1.0 takes bare LF, folded lines and NUL for granted; the later one refuses
// them itself.
static bool is_plain(http_request *request, const char *method, const char *version) {
  if (!request->listener->lenient) return true;
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(request->handle, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  bt_gate_layout layout = {
      .start = method,
      .length = info->header_size,
      .target = request->raw_target,
      .target_length = request->target_length,
      .version = version,
  };
  return bt_gate_is_plain(&layout, request->fields, request->seen.field_count);
}

static int check_host(http_request *request, const bt_http_field *host) {
  bt_http *listener = request->listener;
  pthread_mutex_lock(&listener->lock);
  bt_gate_hosts hosts = {
      .names = (const char *const *)listener->hosts,
      .name_count = listener->host_count,
      .any_name = listener->path != NULL,
      .loopback = listener->loopback,
      .any_literal = listener->options.any_literal,
      .local = &request->connection->local.any,
  };
  int status = bt_gate_check_host(host->value, host->value_length, &hosts);
  pthread_mutex_unlock(&listener->lock);
  request->seen.host = host->value;
  request->seen.host_length = host->value_length;
  return status;
}

static int check_target(http_request *request) {
  if (request->target_length > bt_gate_target_limit) return MHD_HTTP_URI_TOO_LONG;
  bt_gate_path path = {.segments = request->text + request->target_length + 1};
  int status = bt_gate_split_target(request->text, request->target_length, &path);
  if (status != bt_gate_open) return status;
  request->seen.target = request->text;
  request->seen.query = request->text + path.query;
  request->seen.segments = path.segments;
  request->seen.segment_count = path.segment_count;
  request->seen.slash = path.slash;
  return bt_gate_open;
}

static int check_version(http_request *request, const char *version) {
  if (strcmp(version, "HTTP/1.1") == 0)
    request->seen.version = "1.1";
  else if (strcmp(version, "HTTP/1.0") == 0)
    request->seen.version = "1.0";
  else
    return MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED;
  return bt_gate_open;
}

// In the order of cost, and of who is told what: a foreign Host learns nothing about limits.
static int check_headers(http_request *request, const char *method, const char *version) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(request->handle, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (request->connection->refused) return MHD_HTTP_FORBIDDEN;
  int status = check_target(request);
  if (status != bt_gate_open) return status;
  if (info->header_size > bt_gate_header_limit) return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
  if ((status = check_version(request, version)) != bt_gate_open) return status;
  if ((status = bt_gate_check_method(method)) != bt_gate_open) return status;
  if (!take_fields(request)) return MHD_HTTP_SERVICE_UNAVAILABLE;
  bool is_1_1 = request->seen.version[2] == '1';
  bt_gate_message message;
  status = bt_gate_check_fields(request->fields, request->seen.field_count, is_1_1, &message);
  if (status != bt_gate_open) return status;
  if (!is_plain(request, method, version)) return MHD_HTTP_BAD_REQUEST;
  if ((status = check_host(request, message.host)) != bt_gate_open) return status;
  const bt_http_options *options = &request->listener->options;
  if (!options->asks && message.content_length > options->body_limit) // who is asked says the limit
    return MHD_HTTP_CONTENT_TOO_LARGE;
  request->content_length = message.content_length;
  // How lenient MHD is with chunks must not matter: nothing that follows is read as a request.
  request->keep = !message.chunked;
  return bt_gate_open;
}

static bool has_body(const http_request *request) {
  return request->content_length > 0 || !request->keep; // which chunks cost
}

static enum MHD_Result on_headers(http_request *request, const char *method, const char *version) {
  http_connection *connection = request->connection;
  pthread_mutex_lock(&request->listener->lock);
  connection->deadline = 0;
  connection->window = 0;
  pthread_mutex_unlock(&request->listener->lock);
  request->bodiless = strcmp(method, "HEAD") == 0;
  int status = check_headers(request, method, version);
  if (status != bt_gate_open) {
    enter(request, request_sending);
    return bt_http_refuse(request, (unsigned)status);
  }
  request->seen.method = method;
  request->seen.address = connection->address;
  request->seen.port = connection->port;
  request->body_limit = request->listener->options.body_limit;
  if (request->listener->options.asks && has_body(request))
    return bt_http_hand_over(request, request_asking);
  enter(request, request_reading);
  return MHD_YES;
}

static bool take_slot(http_request *request) {
  bt_http *listener = request->listener;
  if (request->seen.id) return true;
  for (size_t i = 0; i < listener->slot_count; i++) {
    uint64_t id = ++listener->serial;
    if (listener->slots[id % listener->slot_count]) continue;
    listener->slots[id % listener->slot_count] = request;
    request->seen.id = id;
    return true;
  }
  return false;
}

// Suspends *before* anybody can find the request: the reply may come, and resume, at once.
enum MHD_Result bt_http_hand_over(http_request *request, request_stage stage) {
  bt_http *listener = request->listener;
  request->seen.body = request->body ? request->body : "";
  pthread_mutex_lock(&listener->lock);
  bool accepted = !listener->stopping && take_slot(request);
  if (accepted) {
    request->stage = stage;
    request->next = NULL;
    MHD_suspend_connection(request->handle);
    *listener->queue_end = request;
    listener->queue_end = &request->next;
  }
  pthread_mutex_unlock(&listener->lock);
  if (accepted) {
    listener->options.wake(listener->options.context);
    return MHD_YES;
  }
  enter(request, request_sending);
  return bt_http_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE);
}

static request_stage stage_of(http_request *request) {
  pthread_mutex_lock(&request->listener->lock);
  request_stage stage = request->stage;
  pthread_mutex_unlock(&request->listener->lock);
  return stage;
}

enum MHD_Result bt_http_on_call(void *context, struct MHD_Connection *handle, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **state) {
  (void)context, (void)handle, (void)url;
  http_request *request = *state;
  if (!request || !request->connection) return MHD_NO;
  switch (stage_of(request)) {
  case request_new:
    return on_headers(request, method, version);
  case request_reading:
    if (*size == 0) {
      bt_http_end_body(request);
      return bt_http_hand_over(request, request_waiting);
    }
    enum MHD_Result result = bt_http_on_body(request, data, *size);
    *size = 0;
    return result;
  case request_let_in:
    enter(request, request_reading);
    return MHD_YES;
  case request_answered:
    enter(request, request_sending);
    return bt_http_send(request);
  case request_piece:
    return MHD_YES; // the next chunk comes, though it is suspended: it comes again
  case request_asking:
  case request_waiting:
  case request_sending:
    break;
  }
  *size = 0;
  return MHD_YES;
}

static bool is_all_sent(const http_request *request) {
  if (request->bodiless) return false;
  if (request->answer->is_stream)
    return request->pile.is_finished && request->pile.begin == request->pile.end;
  return request->sent == request->length;
}

// Under the lock.
static void add_end(bt_http *listener, http_end **end) {
  (*end)->next = NULL;
  *listener->ends_end = *end;
  listener->ends_end = &(*end)->next;
  *end = NULL;
}

// Under the lock: tells how a reply ended, or that the body of a request never came whole.
static void tell_end(bt_http *listener, http_request *request, bool delivered) {
  if (request->loss) {
    *request->loss = (http_end){.id = request->seen.id, .bytes = request->body_received};
    add_end(listener, &request->loss);
  }
  if (!request->end) return;
  request->end->id = request->seen.id;
  request->end->bytes = request->sent;
  request->end->complete = delivered && is_all_sent(request);
  add_end(listener, &request->end);
}

void bt_http_on_completed(void *context, struct MHD_Connection *handle, void **state,
                          enum MHD_RequestTerminationCode how) {
  (void)handle;
  bt_http *listener = context;
  http_request *request = *state;
  *state = NULL;
  if (!request) return;
  bool ended = request->end || request->loss;
  pthread_mutex_lock(&listener->lock);
  if (ended) tell_end(listener, request, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
  if (request->seen.id) listener->slots[request->seen.id % listener->slot_count] = NULL;
  http_connection *connection = request->connection;
  if (connection) {
    connection->request = NULL;
    connection->window = 0;
    unsigned seconds = listener->options.idle_seconds + listener->options.header_seconds;
    connection->deadline = bt_http_now() + seconds * UINT64_C(1000000000);
  }
  if (request->goodbye) {
    listener->goodbyes--;
    pthread_cond_broadcast(&listener->changed);
  }
  pthread_mutex_unlock(&listener->lock);
  if (ended) listener->options.wake(listener->options.context);
  bt_reading_free(request->reading);
  bt_http_answer_free(request->answer);
  if (request->seen.body_file >= 0) close(request->seen.body_file);
  EVP_MD_CTX_free(request->digest);
  free(request->fields);
  free(request->body);
  free(request->pile.bytes);
  free(request);
}
