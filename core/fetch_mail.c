// Mails for a server by SMTP (RFC 5321): how one is handed over.
#include "fetch_inside.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static size_t on_more(char *room, size_t size, size_t count, void *context) {
  bt_fetch *self = context;
  size_t length = self->request.send_length - self->sent;
  if (length > size * count) length = size * count;
  memcpy(room, self->request.send + self->sent, length);
  self->sent += length;
  return length;
}

// "localhost" is so too: curl asks nobody for its address.
static bool is_loopback(const char *host) {
  struct in_addr address;
  if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0) return true;
  return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static bool goes_to_loopback(const bt_fetch *self) {
  char *host = NULL;
  CURLU *url = curl_url();
  bool is = url &&
            curl_url_set(url, CURLUPART_URL, self->request.url, CURLU_NON_SUPPORT_SCHEME) == 0 &&
            curl_url_get(url, CURLUPART_HOST, &host, 0) == 0 && is_loopback(host);
  curl_free(host);
  curl_url_cleanup(url);
  return is;
}

bool bt_fetch_prepare_mail(bt_fetch *self) {
  CURL *curl = self->curl;
  const bt_fetch_mail *mail = &self->request.mail;
  self->recipients = curl_slist_append(NULL, mail->to);
  if (!self->recipients) return false;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, 30L); // to the goodbye, too
  curl_easy_setopt(curl, CURLOPT_PROXY, "");                    // none from the environment
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, self->recipients);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_more);
  curl_easy_setopt(curl, CURLOPT_READDATA, self);
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   goes_to_loopback(self) ? CURLUSESSL_NONE : CURLUSESSL_ALL);
  if (!self->request.user) return true;
  curl_easy_setopt(curl, CURLOPT_USERNAME, self->request.user);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, self->request.password);
  return true;
}

// Answers that begin with 5 are for good (RFC 5321 section 4.2.1).
bt_code bt_fetch_mail_code(bt_fetch *self, CURLcode result) {
  long status = 0;
  curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
  bool is_refused = result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED;
  return is_refused || status >= 500 ? BT_DENIED : bt_fetch_code(result);
}
