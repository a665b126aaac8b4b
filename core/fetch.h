// Fetches over HTTP and HTTPS (libcurl): into memory, or into a file beneath a folder. And hands
// mails to a server (SMTP, RFC 5321).
//
// Each fetch has a thread of its own. Certificates are verified, and there is no way not to (S12);
// redirects are not followed but told, so that the caller decides where one may lead (S28). A mail
// goes encrypted (RFC 8314, RFC 3207), or not at all; only to a server on this machine it goes as
// it is.
//
// A password goes to the server that `url` names, and is in no message; our copies of it are wiped.
//
// Threads: one thread, the owner's, calls everything. `wake` is called on the fetch's thread, once,
// when it has ended, and may only wake.
// Ownership: what is passed in is copied; the result is borrowed until bt_fetch_free.
#ifndef BT_FETCH_H
#define BT_FETCH_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bt_fetch bt_fetch;

typedef struct {
  const char *from, *to; // addresses; `to` is NULL where it is no mail
} bt_fetch_mail;

typedef struct {
  const char *url;     // http or https; of a mail smtps, or smtp
  const char *method;  // or NULL: GET
  const char *headers; // lines "Name: value", each with a '\n' behind it; or NULL
  const char *send;    // the body of the request, or NULL; of a mail all of it, with CRLF
  size_t send_length;
  uint32_t milliseconds; // in which all must be over, 0: no such limit
  bool wants_head;       // the response's header lines are kept
  const char *accept;    // media type, or NULL
  const char *if_range;  // an ETag: with `from`, everything comes anew where it is another one
  uint64_t limit;        // bytes of the body
  int folder;            // -1: into memory. Else a folder, and
  const char *path;      // the file beneath it: made, or written on from `from`
  uint64_t from;         // bytes that are there already
  bt_fetch_mail mail;
  const char *user, *password; // or NULL; over HTTP by Basic (RFC 7617), with "" for no user
  void (*wake)(void *context);
  void *context;
} bt_fetch_request;

typedef struct {
  long status;          // of HTTP, or SMTP's last
  const char *location; // of a redirect, resolved; or ""
  const char *etag;     // or ""
  const char *head;     // header lines of the final response, each with its line break, or ""
  const char *body;     // of a fetch into memory
  size_t length;
} bt_fetch_response;

// Starts a fetch. NULL with BT_FULL where there is no memory or thread.
bt_fetch *bt_fetch_start(const bt_fetch_request *request, bt_error *error);

// Bytes received so far. On any thread.
uint64_t bt_fetch_received(const bt_fetch *fetch);

// After `wake`: what came, or NULL with BT_BUSY after a time without a byte, BT_FULL beyond the
// limit or without room, BT_MISSING where nobody can be reached, BT_DENIED for a certificate that
// nobody vouches for, BT_FAILED for all else. A status that is no success is a response; a file is
// written only for 200 and 206. But a mail has come to a result only where its server took it:
// BT_DENIED where it never will.
const bt_fetch_response *bt_fetch_result(bt_fetch *fetch, bt_error *error);

// Ends it, where it has not ended, and frees. Does not wait: the thread lets go by itself, soon.
void bt_fetch_free(bt_fetch *fetch);

// The version of libcurl, "7.88.1"; borrowed for as long as the program runs.
const char *bt_fetch_library(void);

#endif
