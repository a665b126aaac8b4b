// The body of a request: kept in memory, written to a file, or handed over piece by piece.
#include "http_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const uint64_t room_check_step = 64 * 1024 * 1024;

static enum MHD_Result refuse_body(http_request *request, unsigned status) {
  bt_http_refuse_raw(request, status);
  return MHD_NO;
}

// What cannot be found out is not held against it: writing will tell.
static bool has_room(http_request *request) {
  struct statvfs found;
  if (request->keep_free == 0 || request->body_received < request->room_check) return true;
  request->room_check = request->body_received + room_check_step;
  if (fstatvfs(request->seen.body_file, &found) != 0) return true;
  return (uint64_t)found.f_bavail * found.f_frsize >= request->keep_free;
}

static enum MHD_Result write_body(http_request *request, const char *data, size_t size) {
  if (!has_room(request)) return refuse_body(request, MHD_HTTP_INSUFFICIENT_STORAGE);
  while (size > 0) {
    ssize_t written = write(request->seen.body_file, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      bool is_full = errno == ENOSPC || errno == EDQUOT;
      return refuse_body(request,
                         is_full ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_INTERNAL_SERVER_ERROR);
    }
    if (request->digest && !EVP_DigestUpdate(request->digest, data, (size_t)written))
      return refuse_body(request, MHD_HTTP_INTERNAL_SERVER_ERROR);
    data += written;
    size -= (size_t)written;
    request->seen.body_file_length += (uint64_t)written;
  }
  return MHD_YES;
}

static bool reserve(http_request *request, size_t size) {
  size_t had = request->seen.body_length;
  if (size <= request->body_room - had) return true;
  uint64_t whole = request->in_pieces ? 0 : request->content_length;
  size_t room = had + size < whole ? (size_t)whole : (had + size) * 2;
  char *body = realloc(request->body, room);
  if (!body) return false;
  request->body = body;
  request->body_room = room;
  return true;
}

enum MHD_Result bt_http_on_body(http_request *request, const char *data, size_t size) {
  if (size > request->body_limit - request->body_received)
    return refuse_body(request, MHD_HTTP_CONTENT_TOO_LARGE);
  if (request->refusal) return refuse_body(request, request->refusal);
  request->body_received += size;
  if (request->seen.body_file >= 0) return write_body(request, data, size);
  if (request->in_pieces) request->seen.body_length = 0;
  if (!reserve(request, size)) return MHD_NO;
  memcpy(request->body + request->seen.body_length, data, size);
  request->seen.body_length += size;
  return request->in_pieces ? bt_http_hand_over(request, request_piece) : MHD_YES;
}

void bt_http_end_body(http_request *request) {
  free(request->loss);
  request->loss = NULL;
  unsigned length = 0;
  if (request->digest && EVP_DigestFinal_ex(request->digest, request->seen.body_digest, &length))
    request->seen.body_digest_length = length;
}

static EVP_MD_CTX *begin_digest(const char *name) {
  EVP_MD *kind = EVP_MD_fetch(NULL, name, NULL);
  EVP_MD_CTX *digest = kind ? EVP_MD_CTX_new() : NULL;
  if (digest && !EVP_DigestInit_ex(digest, kind, NULL)) {
    EVP_MD_CTX_free(digest);
    digest = NULL;
  }
  EVP_MD_free(kind); // the context holds it too
  return digest;
}

bool bt_http_let_in(bt_http *listener, uint64_t id, const bt_http_way_in *way) {
  bool is_told = way->in_pieces || way->file >= 0;
  EVP_MD_CTX *digest = way->digest ? begin_digest(way->digest) : NULL;
  if (way->digest && !digest) return false;
  http_end *loss = is_told ? calloc(1, sizeof *loss) : NULL;
  pthread_mutex_lock(&listener->lock);
  http_request *request = bt_http_find(listener, id);
  bool found = request && request->stage == request_asking && (loss || !is_told);
  if (found) {
    request->body_limit = way->limit;
    request->seen.body_file = way->file;
    request->keep_free = way->keep_free;
    request->in_pieces = way->in_pieces;
    request->digest = digest;
    request->loss = loss;
    request->stage = request_let_in;
    MHD_resume_connection(request->handle);
  }
  pthread_mutex_unlock(&listener->lock);
  if (found) return true;
  EVP_MD_CTX_free(digest);
  free(loss);
  return false;
}

void bt_http_go_on(http_request *request) {
  request->seen.body_length = 0;
  request->stage = request_reading;
  request->is_told = false;
  MHD_resume_connection(request->handle);
}

bool bt_http_next_piece(bt_http *listener, uint64_t id, unsigned refusal) {
  pthread_mutex_lock(&listener->lock);
  http_request *request = bt_http_find(listener, id);
  bool found = request && request->stage == request_piece && request->is_told;
  if (found) request->refusal = refusal;
  if (found) bt_http_go_on(request);
  pthread_mutex_unlock(&listener->lock);
  return found;
}
