// Fetches over HTTP and HTTPS, and hands over mails.
#include "fetch_inside.h"

#include "beneath.h"
#include "threads.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t most_head = 64 * 1024; // bytes of header lines

static void forget(char *secret) {
  if (secret) explicit_bzero(secret, strlen(secret));
  free(secret);
}

static void dispose(bt_fetch *self) {
  if (self->curl) curl_easy_cleanup(self->curl);
  for (struct curl_slist *line = self->headers; line; line = line->next)
    explicit_bzero(line->data, strlen(line->data)); // may hold a password
  curl_slist_free_all(self->headers);
  curl_slist_free_all(self->recipients);
  free((char *)self->request.url);
  free((char *)self->request.method);
  free((char *)self->request.headers);
  free((char *)self->request.send);
  free((char *)self->request.accept);
  free((char *)self->request.if_range);
  free((char *)self->request.path);
  free((char *)self->request.mail.from);
  free((char *)self->request.mail.to);
  free((char *)self->request.user);
  forget((char *)self->request.password);
  free(self->location);
  bt_buffer_clear(&self->body);
  bt_buffer_clear(&self->head);
  if (self->request.folder >= 0) close(self->request.folder);
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

static void let_go(bt_fetch *self) {
  if (atomic_fetch_sub(&self->holders, 1) == 1) dispose(self);
}

// ---- on the fetch's thread

static bool keep_in_memory(bt_fetch *self, const char *bytes, size_t length) {
  char *room = bt_buffer_add(&self->body, length);
  if (room)
    memcpy(room, bytes, length);
  else
    self->number = ENOMEM;
  return room != NULL;
}

static bool open_file(bt_fetch *self, long status) {
  self->file = bt_beneath_create(self->request.folder, self->request.path);
  if (self->file < 0) {
    self->number = -self->file;
    return false;
  }
  off_t start = status == 206 ? (off_t)self->request.from : 0;
  if (ftruncate(self->file, start) == 0 && lseek(self->file, start, SEEK_SET) == start) return true;
  self->number = errno;
  return false;
}

static bool keep_in_file(bt_fetch *self, const char *bytes, size_t length) {
  long status = 0;
  curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200 && status != 206) return true; // the words of a refusal
  if (self->file < 0 && !open_file(self, status)) return false;
  while (length) {
    ssize_t written = write(self->file, bytes, length);
    if (written < 0) {
      if (errno == EINTR) continue;
      self->number = errno;
      return false;
    }
    bytes += written;
    length -= (size_t)written;
  }
  return true;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  bt_fetch *self = context;
  size_t length = size * count;
  uint64_t received = atomic_fetch_add(&self->received, length) + length;
  if (received > self->request.limit) {
    self->is_too_long = true;
    return 0;
  }
  bool is_kept = self->request.folder < 0 ? keep_in_memory(self, bytes, length)
                                          : keep_in_file(self, bytes, length);
  return is_kept ? length : 0;
}

// Only those of the last response count: others are interim (RFC 9110 section 15.2).
static bool keep_header(bt_fetch *self, const char *line, size_t length) {
  if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    bt_buffer_clear(&self->head);
    return true;
  }
  if (self->head.length + length > most_head) {
    self->is_too_long = true;
    return false;
  }
  char *room = bt_buffer_add(&self->head, length);
  if (room)
    memcpy(room, line, length);
  else
    self->number = ENOMEM;
  return room != NULL;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  bt_fetch *self = context;
  size_t length = size * count;
  if (self->request.wants_head && !keep_header(self, line, length)) return 0;
  static const char name[] = "etag:";
  if (length < sizeof name || strncasecmp(line, name, sizeof name - 1) != 0) return length;
  const char *first = line + sizeof name - 1, *last = line + length;
  while (first < last && (*first == ' ' || *first == '\t'))
    first++;
  while (last > first && (last[-1] == '\r' || last[-1] == '\n' || last[-1] == ' '))
    last--;
  if ((size_t)(last - first) < sizeof self->etag) {
    memcpy(self->etag, first, (size_t)(last - first));
    self->etag[last - first] = 0;
  }
  return length;
}

static int on_progress(void *context, curl_off_t all, curl_off_t now, curl_off_t up_all,
                       curl_off_t up_now) {
  (void)all, (void)now, (void)up_all, (void)up_now;
  bt_fetch *self = context;
  return atomic_load(&self->is_cancelled);
}

bt_code bt_fetch_code(CURLcode result) {
  switch (result) {
  case CURLE_OPERATION_TIMEDOUT:
    return BT_BUSY;
  case CURLE_COULDNT_CONNECT:
  case CURLE_COULDNT_RESOLVE_HOST:
    return BT_MISSING;
  case CURLE_PEER_FAILED_VERIFICATION:
    return BT_DENIED;
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
    return BT_INVALID;
  case CURLE_OUT_OF_MEMORY:
    return BT_FULL;
  default:
    return BT_FAILED;
  }
}

static void note_failure(bt_fetch *self, CURLcode result) {
  self->has_failed = true;
  if (self->number)
    bt_fail_errno(&self->error, self->number, "%s",
                  self->request.path ? self->request.path : "fetch");
  else if (self->is_too_long)
    bt_fail(&self->error, BT_FULL, "fetch: the answer is too long");
  else
    bt_fail(&self->error,
            self->request.mail.to ? bt_fetch_mail_code(self, result) : bt_fetch_code(result),
            "fetch: %s", *self->words ? self->words : curl_easy_strerror(result));
}

static void note_response(bt_fetch *self) {
  const char *location = NULL;
  curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &self->response.status);
  curl_easy_getinfo(self->curl, CURLINFO_REDIRECT_URL, &location);
  self->location = location ? strdup(location) : NULL;
  self->response.location = self->location ? self->location : "";
  self->response.etag = self->etag;
  self->response.body = self->body.data ? self->body.data : "";
  self->response.length = self->body.length;
  char *end = self->head.length ? bt_buffer_add(&self->head, 1) : NULL;
  if (end) *end = 0;
  self->response.head = end ? self->head.data : "";
}

static void *fetch(void *context) {
  bt_fetch *self = context;
  CURLcode result = curl_easy_perform(self->curl);
  if (result == CURLE_OK && self->request.folder >= 0) keep_in_file(self, "", 0); // may be empty
  if (self->file >= 0) {
    if (fsync(self->file) != 0 && !self->number) self->number = errno;
    close(self->file);
  }
  if (result != CURLE_OK || self->number)
    note_failure(self, result);
  else
    note_response(self);
  pthread_mutex_lock(&self->mutex);
  if (self->request.wake) self->request.wake(self->request.context);
  pthread_mutex_unlock(&self->mutex);
  // Here, since it may wait: a mail server is told goodbye.
  curl_easy_cleanup(self->curl);
  self->curl = NULL;
  let_go(self);
  return NULL;
}

// ---- on the owner's

static char *copy(const char *text) {
  return text ? strdup(text) : NULL;
}

static char *copy_bytes(const char *bytes, size_t length) {
  char *made = bytes ? malloc(length + 1) : NULL;
  return made ? memcpy(made, bytes, length) : NULL;
}

static bool set_up(bt_fetch *self) {
  self->curl = curl_easy_init();
  if (!self->curl || !bt_fetch_prepare(self)) return false;
  CURL *curl = self->curl;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, self);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, self);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, self);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, self->words);
  return true;
}

bt_fetch *bt_fetch_start(const bt_fetch_request *request, bt_error *error) {
  bt_fetch *self = calloc(1, sizeof *self);
  if (!self) {
    bt_fail(error, BT_FULL, "fetch: no memory");
    return NULL;
  }
  self->file = -1;
  self->holders = 2;
  pthread_mutex_init(&self->mutex, NULL);
  self->request = *request;
  self->request.url = copy(request->url);
  self->request.method = copy(request->method);
  self->request.headers = copy(request->headers);
  self->request.send = copy_bytes(request->send, request->send_length);
  self->request.accept = copy(request->accept);
  self->request.if_range = copy(request->if_range);
  self->request.path = copy(request->path);
  self->request.mail = (bt_fetch_mail){copy(request->mail.from), copy(request->mail.to)};
  self->request.user = copy(request->user);
  self->request.password = copy(request->password);
  if (request->folder >= 0) self->request.folder = fcntl(request->folder, F_DUPFD_CLOEXEC, 0);
  bool is_copied = self->request.url && !request->send == !self->request.send &&
                   !request->headers == !self->request.headers &&
                   !request->user == !self->request.user &&
                   !request->password == !self->request.password;
  bool is_ready = is_copied && set_up(self) && (request->folder < 0 || self->request.folder >= 0);
  if (is_ready && bt_threads_start(1, fetch, self) == 1) return self;
  bt_fail(error, BT_FULL, "fetch: no memory, or no thread");
  dispose(self);
  return NULL;
}

uint64_t bt_fetch_received(const bt_fetch *fetch) {
  return atomic_load(&fetch->received);
}

const bt_fetch_response *bt_fetch_result(bt_fetch *fetch, bt_error *error) {
  if (!fetch->has_failed) return &fetch->response;
  *error = fetch->error;
  return NULL;
}

void bt_fetch_free(bt_fetch *fetch) {
  atomic_store(&fetch->is_cancelled, true);
  pthread_mutex_lock(&fetch->mutex);
  fetch->request.wake = NULL;
  pthread_mutex_unlock(&fetch->mutex);
  let_go(fetch);
}

const char *bt_fetch_library(void) {
  return curl_version_info(CURLVERSION_NOW)->version;
}
