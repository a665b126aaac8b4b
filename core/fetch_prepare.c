// Fetches over HTTP and HTTPS, and mails: what is asked for.
#include "fetch_inside.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const long connect_seconds = 15, silence_seconds = 30;

static bool add_header(bt_fetch *self, const char *name, const char *value) {
  size_t length = strlen(name) + strlen(value) + 1;
  char *line = malloc(length);
  if (!line) return false;
  stpcpy(stpcpy(line, name), value);
  struct curl_slist *headers = curl_slist_append(self->headers, line);
  explicit_bzero(line, length); // may hold a password
  free(line);
  if (headers) self->headers = headers;
  return headers != NULL;
}

// For curl, "Name:" means that there shall be none; one without a value is "Name;".
static void mark_empty(char *line) {
  size_t length = strlen(line);
  while (length && line[length - 1] == ' ')
    length--;
  if (!length || line[length - 1] != ':') return;
  line[length - 1] = ';';
  line[length] = 0;
}

static bool add_headers(bt_fetch *self) {
  for (const char *line = self->request.headers, *end; line && *line; line = end + 1) {
    end = strchr(line, '\n');
    char *header = strndup(line, (size_t)(end - line));
    if (header) mark_empty(header);
    bool is_added = header && add_header(self, header, "");
    free(header);
    if (!is_added) return false;
  }
  return true;
}

// A body is sent as it is: nothing is said of its kind that the caller did not say, and nobody is
// asked first whether it may come.
static bool prepare_body(bt_fetch *self) {
  const bt_fetch_request *request = &self->request;
  if (!request->send) return true;
  curl_easy_setopt(self->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->send_length);
  curl_easy_setopt(self->curl, CURLOPT_POSTFIELDS, request->send);
  bool has_kind = request->headers && (strncasecmp(request->headers, "content-type:", 13) == 0 ||
                                       strcasestr(request->headers, "\ncontent-type:"));
  return (has_kind || add_header(self, "Content-Type:", "")) && add_header(self, "Expect:", "");
}

// A header of our own, sent before the server asks for it: what curl is given as a password, it
// writes into the addresses of redirects.
static bool add_password(bt_fetch *self) {
  static const char name[] = "Basic ";
  const bt_fetch_request *request = &self->request;
  if (!request->password) return true;
  const char *user = request->user ? request->user : "";
  size_t length = strlen(user) + strlen(request->password) + 1;
  size_t room = sizeof name + sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
  char *both = malloc(length + 1), *value = malloc(room);
  if (both && value) {
    stpcpy(stpcpy(stpcpy(both, user), ":"), request->password);
    char *end = stpcpy(value, name);
    sodium_bin2base64(end, room - (size_t)(end - value), (unsigned char *)both, length,
                      sodium_base64_VARIANT_ORIGINAL);
  }
  bool is_added = both && value && add_header(self, "Authorization: ", value);
  if (both) explicit_bzero(both, length);
  if (value) explicit_bzero(value, room);
  free(both);
  free(value);
  return is_added;
}

bool bt_fetch_prepare(bt_fetch *self) {
  CURL *curl = self->curl;
  const bt_fetch_request *request = &self->request;
  curl_easy_setopt(curl, CURLOPT_URL, request->url);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->milliseconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, silence_seconds);
  if (request->mail.to) return bt_fetch_prepare_mail(self);
  if (request->accept && !add_header(self, "Accept: ", request->accept)) return false;
  if (request->from && request->if_range && !add_header(self, "If-Range: ", request->if_range))
    return false;
  if (!add_headers(self) || !add_password(self) || !prepare_body(self)) return false;
  if (request->method && strcmp(request->method, "HEAD") == 0)
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  else if (request->method)
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "BTshare");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, self->headers);
  // Not RESUME_FROM: that fails where everything comes anew.
  char range[32];
  snprintf(range, sizeof range, "%llu-", (unsigned long long)request->from);
  if (request->from) curl_easy_setopt(curl, CURLOPT_RANGE, range);
  return true;
}
