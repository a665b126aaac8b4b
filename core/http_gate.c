// The gate: what is wrong with a request, before anybody handles it.
#include "http_gate.h"

#include <string.h>
#include <strings.h>

enum { bad_request = 400, uri_too_long = 414, fields_too_large = 431 };

int bt_gate_check_method(const char *method) {
  static const char *const known[] = {"GET",   "HEAD",   "POST",    "PUT",
                                      "PATCH", "DELETE", "OPTIONS", NULL};
  for (const char *const *one = known; *one; one++)
    if (strcmp(*one, method) == 0) return bt_gate_open;
  return bad_request;
}

static int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
static bool is_utf8(const char *text, size_t length) {
  const unsigned char *at = (const unsigned char *)text, *end = at + length;
  while (at < end) {
    unsigned char first = *at++;
    if (first < 0x80) continue;
    unsigned char low = 0x80, high = 0xbf;
    int more;
    if (first >= 0xc2 && first <= 0xdf) {
      more = 1;
    } else if (first >= 0xe0 && first <= 0xef) {
      more = 2;
      if (first == 0xe0) low = 0xa0;
      if (first == 0xed) high = 0x9f;
    } else if (first >= 0xf0 && first <= 0xf4) {
      more = 3;
      if (first == 0xf0) low = 0x90;
      if (first == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    for (; more > 0; more--, low = 0x80, high = 0xbf)
      if (at == end || *at < low || *at++ > high) return false;
  }
  return true;
}

static bool is_segment(const char *segment, size_t length) {
  if (length == 0 || (length == 1 && segment[0] == '.')) return false;
  if (length == 2 && segment[0] == '.' && segment[1] == '.') return false;
  return is_utf8(segment, length);
}

// Decodes up to the next "/" or the end; returns how much was read, 0 when it is malformed.
// What would change the path's meaning once decoded is malformed.
static size_t decode_segment(const char *from, size_t length, char *to, size_t *written) {
  size_t i = 0, out = 0;
  while (i < length && from[i] != '/') {
    char byte = from[i];
    if (byte == '%') {
      if (length - i < 3) return 0;
      int high = hex_digit(from[i + 1]), low = hex_digit(from[i + 2]);
      if (high < 0 || low < 0) return 0;
      byte = (char)(high << 4 | low);
      if (byte == '/') return 0;
      i += 2;
    }
    if (byte == 0 || byte == '\r' || byte == '\n' || byte == '\\') return 0;
    to[out++] = byte;
    i++;
  }
  *written = out;
  return i;
}

// Visible ASCII, and bytes that browsers should have encoded but that say nothing else. A "#" is
// never sent by one.
static bool is_target(const char *target, size_t length) {
  if (length == 0 || target[0] != '/') return false;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)target[i];
    if (byte <= ' ' || byte == 0x7f || byte == '#') return false;
  }
  return true;
}

int bt_gate_split_target(const char *target, size_t length, bt_gate_path *path) {
  if (length > bt_gate_target_limit) return uri_too_long;
  if (!is_target(target, length)) return bad_request;
  const char *mark = memchr(target, '?', length);
  size_t end = mark ? (size_t)(mark - target) : length;
  path->query = mark ? end + 1 : length;
  path->segment_count = 0;
  path->slash = target[end - 1] == '/';
  char *to = path->segments;
  size_t at = 1;
  while (at < end) {
    size_t written;
    size_t taken = decode_segment(target + at, end - at, to, &written);
    if (taken == 0 || !is_segment(to, written)) return bad_request;
    to += written;
    *to++ = 0;
    path->segment_count++;
    at += taken;
    if (at < end) at++; // the "/"
  }
  *to = 0;
  return bt_gate_open;
}

// RFC 9110 §5.6.2
static bool is_token(const char *name, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)name[i];
    if (byte <= ' ' || byte >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", byte)) return false;
  }
  return length > 0;
}

static bool is_field_value(const char *value, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)value[i];
    if ((byte < ' ' && byte != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool bt_gate_is_field(const char *name, size_t name_length, const char *value,
                      size_t value_length) {
  return is_token(name, name_length) && is_field_value(value, value_length);
}

static bool is_called(const bt_http_field *field, const char *name) {
  return field->name_length == strlen(name) &&
         strncasecmp(field->name, name, field->name_length) == 0;
}

static bool has_value(const bt_http_field *field, const char *value) {
  return field->value_length == strlen(value) &&
         strncasecmp(field->value, value, field->value_length) == 0;
}

// Digits only, and so few that they fit.
static bool read_length(const bt_http_field *field, uint64_t *length) {
  if (field->value_length == 0 || field->value_length > 18) return false;
  *length = 0;
  for (size_t i = 0; i < field->value_length; i++) {
    char digit = field->value[i];
    if (digit < '0' || digit > '9') return false;
    *length = *length * 10 + (uint64_t)(digit - '0');
  }
  return true;
}

int bt_gate_check_fields(const bt_http_field *fields, size_t count, bool version_1_1,
                         bt_gate_message *message) {
  const bt_http_field *length = NULL, *encoding = NULL, *host = NULL;
  if (count > bt_gate_field_limit) return fields_too_large;
  for (const bt_http_field *field = fields; field < fields + count; field++) {
    if (!bt_gate_is_field(field->name, field->name_length, field->value, field->value_length))
      return bad_request;
    const bt_http_field **once = is_called(field, "Content-Length")      ? &length
                                 : is_called(field, "Transfer-Encoding") ? &encoding
                                 : is_called(field, "Host")              ? &host
                                                                         : NULL;
    if (!once) continue;
    if (*once) return bad_request;
    *once = field;
  }
  *message = (bt_gate_message){.host = host, .chunked = encoding != NULL};
  if (!host || (length && encoding)) return bad_request;
  if (encoding && (!version_1_1 || !has_value(encoding, "chunked"))) return bad_request;
  if (length && !read_length(length, &message->content_length)) return bad_request;
  return bt_gate_open;
}

// Addresses are compared as numbers: bytes that the parser copied elsewhere are no neighbours.
bool bt_gate_is_plain(const bt_gate_layout *layout, const bt_http_field *fields, size_t count) {
  uintptr_t at = (uintptr_t)layout->start + strlen(layout->start) + 1;
  if ((uintptr_t)layout->target != at) return false;
  at += layout->target_length + 1;
  if ((uintptr_t)layout->version != at) return false;
  at += strlen(layout->version) + 2;
  for (const bt_http_field *field = fields; field < fields + count; field++) {
    if ((uintptr_t)field->name != at) return false;
    if ((uintptr_t)field->value < at + field->name_length + 1) return false;
    at = (uintptr_t)field->value + field->value_length + 2;
  }
  return at + 2 == (uintptr_t)layout->start + layout->length;
}
