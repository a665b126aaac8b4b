// The gate: what is wrong with a request, before anybody handles it.
//
// Ambiguous requests are refused outright, because a proxy in front may have read them otherwise
// (RFC 9112 §6.1, §6.3, §11.2), and a Host that is not ours too, because a name that an attacker
// points at us must not make a browser trust our answers to his page (DNS rebinding).
// Threads: everything here is pure.
#ifndef BT_HTTP_GATE_H
#define BT_HTTP_GATE_H

#include "http.h"

#include <sys/socket.h>

enum {
  bt_gate_target_limit = 2048,
  bt_gate_header_limit = 16384,
  bt_gate_field_limit = 128,
};

// Functions here return this when all is well, and else the status to refuse with.
enum { bt_gate_open = 0 };

int bt_gate_check_method(const char *method);

// A target in origin form, split. `segments` has room for `length` + 1 bytes.
typedef struct {
  char *segments; // terminated strings in a row
  size_t segment_count;
  bool slash;
  size_t query; // where the query begins; the target's length if there is none
} bt_gate_path;

int bt_gate_split_target(const char *target, size_t length, bt_gate_path *path);

// What the header fields say about the message.
typedef struct {
  const bt_http_field *host;
  uint64_t content_length;
  bool chunked;
} bt_gate_message;

int bt_gate_check_fields(const bt_http_field *fields, size_t count, bool version_1_1,
                         bt_gate_message *message);

// Where header fields lay in the bytes as received, so that what a lenient parser has smoothed
// over shows: bare LF, folded lines, NUL, spaces. `start` is the method's first byte and `length`
// reaches to the end of the empty line.
typedef struct {
  const char *start;
  size_t length;
  const char *target;
  size_t target_length;
  const char *version;
} bt_gate_layout;

bool bt_gate_is_plain(const bt_gate_layout *layout, const bt_http_field *fields, size_t count);

// Which Hosts are ours.
typedef struct {
  const char *const *names;
  size_t name_count;
  bool any_name; // on a Unix socket, which no browser reaches
  bool loopback; // localhost and *.localhost are ours
  bool any_literal;
  const struct sockaddr *local; // the connection's own address
} bt_gate_hosts;

int bt_gate_check_host(const char *host, size_t length, const bt_gate_hosts *hosts);

// Whether a header may be sent: its name a token, no CR, LF or NUL (nor other control characters).
bool bt_gate_is_field(const char *name, size_t name_length, const char *value, size_t value_length);

#endif
