// What the parts of a fetch share (fetch.c, fetch_prepare.c, fetch_mail.c).
#ifndef BT_FETCH_INSIDE_H
#define BT_FETCH_INSIDE_H

#include "buffer.h"
#include "fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

struct bt_fetch {
  bt_fetch_request request; // with copies of its own
  CURL *curl;
  struct curl_slist *headers, *recipients;
  size_t sent; // bytes of a mail
  atomic_bool is_cancelled;
  atomic_int holders;    // the owner and the thread: the last one frees
  pthread_mutex_t mutex; // around waking: nobody is woken once bt_fetch_free has returned
  atomic_uint_fast64_t received;
  bt_buffer body, head;
  int file;   // -1 until the first byte of a success
  int number; // errno of the file, 0
  bool is_too_long, has_failed;
  bt_fetch_response response;
  bt_error error;
  char etag[128];
  char *location;
  char words[CURL_ERROR_SIZE];
};

// Tells curl what the request says, which has been copied; false without memory.
bool bt_fetch_prepare(bt_fetch *self);

// The part of it that only mails have.
bool bt_fetch_prepare_mail(bt_fetch *self);

// What a failure of curl means.
bt_code bt_fetch_code(CURLcode result);

// What one means that a mail met with.
bt_code bt_fetch_mail_code(bt_fetch *self, CURLcode result);

#endif
