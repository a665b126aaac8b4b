// Requests under way, from the opener's side: found by their id, cut, paced and measured.
#include "http_inside.h"

http_request *bt_http_find(bt_http *listener, uint64_t id) {
  http_request *request = listener->slots[id % listener->slot_count];
  return request && request->seen.id == id ? request : NULL;
}

// Under the lock.
static http_request *find_answered(bt_http *listener, uint64_t id) {
  http_request *request = bt_http_find(listener, id);
  return request && request->stage >= request_answered ? request : NULL;
}

// Under the lock.
static bool is_moving(const http_request *request) {
  return request->stage >= request_answered || request->stage == request_let_in ||
         request->stage == request_reading || request->stage == request_piece;
}

void bt_http_cut(bt_http *listener, uint64_t id) {
  pthread_mutex_lock(&listener->lock);
  http_request *request = bt_http_find(listener, id);
  if (request && is_moving(request)) bt_http_cut_connection(request->connection);
  pthread_mutex_unlock(&listener->lock);
}

bool bt_http_set_rate(bt_http *listener, uint64_t id, uint64_t rate) {
  pthread_mutex_lock(&listener->lock);
  http_request *request = find_answered(listener, id);
  if (request && request->bucket.rate != rate) bt_http_set_pace(request, rate);
  pthread_mutex_unlock(&listener->lock);
  return request != NULL;
}

bool bt_http_sent(bt_http *listener, uint64_t id, uint64_t *bytes, uint64_t *starved) {
  pthread_mutex_lock(&listener->lock);
  http_request *request = find_answered(listener, id);
  if (request) {
    *bytes = request->sent;
    *starved = bt_bucket_starved(&request->bucket, bt_http_now());
  }
  pthread_mutex_unlock(&listener->lock);
  return request != NULL;
}
