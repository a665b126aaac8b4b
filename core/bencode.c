// Bencoding (BEP 3), strictly.
#include "bencode.h"

#include <string.h>

typedef struct {
  const char *start, *at, *end;
  bt_error *error;
} reader;

// A list or dictionary that is open. The last key is empty, with bytes NULL, before the first.
typedef struct {
  bool is_dictionary;
  bool wants_value; // a key has come
  bt_text last;
} level;

static bool wrong(const reader *in, const char *what) {
  return bt_fail(in->error, BT_INVALID, "bencoding: %s at byte %zu", what,
                 (size_t)(in->at - in->start));
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

// Digits without a zero in front, up to `most`, and the byte that ends them.
static bool read_number(reader *in, char end, uint64_t most, uint64_t *number) {
  const char *first = in->at;
  *number = 0;
  for (; in->at < in->end && is_digit(*in->at); in->at++) {
    unsigned digit = (unsigned)(*in->at - '0');
    if (*number > (most - digit) / 10) return wrong(in, "a number is too large");
    *number = *number * 10 + digit;
  }
  if (in->at == first || (*first == '0' && in->at - first > 1))
    return wrong(in, "a number is malformed");
  if (in->at == in->end || *in->at != end) return wrong(in, "a number has no end");
  in->at++;
  return true;
}

static bool read_text(reader *in, bt_text *text) {
  uint64_t length;
  if (!read_number(in, ':', SIZE_MAX / 2, &length)) return false;
  if (length > (uint64_t)(in->end - in->at)) return wrong(in, "a text is longer than the rest");
  *text = (bt_text){in->at, (size_t)length};
  in->at += length;
  return true;
}

static bool read_integer(reader *in) {
  in->at++; // the i
  bool is_negative = in->at < in->end && *in->at == '-';
  in->at += is_negative;
  uint64_t number;
  if (!read_number(in, 'e', (uint64_t)INT64_MAX, &number)) return false;
  return !is_negative || number != 0 || wrong(in, "minus zero");
}

static bool is_after(bt_text last, bt_text key) {
  size_t common = last.length < key.length ? last.length : key.length;
  int order = memcmp(last.bytes, key.bytes, common);
  return order < 0 || (order == 0 && last.length < key.length);
}

static bool read_key(reader *in, level *in_level) {
  if (!is_digit(*in->at)) return wrong(in, "a key is no text");
  bt_text key;
  if (!read_text(in, &key)) return false;
  if (in_level->last.bytes && !is_after(in_level->last, key))
    return wrong(in, "keys are out of order");
  in_level->last = key;
  in_level->wants_value = true;
  return true;
}

bool bt_bencode_check(const char *bytes, size_t length, bt_error *error) {
  reader in = {bytes, bytes, bytes + length, error};
  level levels[BT_BENCODE_DEPTH];
  size_t depth = 0;
  do {
    if (in.at == in.end) return wrong(&in, "the end comes too early");
    level *inner = depth ? &levels[depth - 1] : NULL;
    if (inner && *in.at == 'e' && !inner->wants_value) {
      in.at++;
      depth--;
    } else if (inner && inner->is_dictionary && !inner->wants_value) {
      if (!read_key(&in, inner)) return false;
    } else {
      if (inner) inner->wants_value = false;
      bt_text text;
      if (*in.at == 'i') {
        if (!read_integer(&in)) return false;
      } else if (*in.at == 'l' || *in.at == 'd') {
        if (depth == BT_BENCODE_DEPTH) return wrong(&in, "nested too deep");
        levels[depth++] = (level){.is_dictionary = *in.at == 'd'};
        in.at++;
      } else if (!is_digit(*in.at)) {
        return wrong(&in, "no value");
      } else if (!read_text(&in, &text)) {
        return false;
      }
    }
  } while (depth);
  return in.at == in.end || wrong(&in, "more than one value");
}

bool bt_bencode_is_text(const char *at) {
  return is_digit(*at);
}

bool bt_bencode_is_integer(const char *at) {
  return *at == 'i';
}

bool bt_bencode_is_list(const char *at) {
  return *at == 'l';
}

bool bt_bencode_is_dictionary(const char *at) {
  return *at == 'd';
}

bt_text bt_bencode_text(const char **at) {
  size_t length = 0;
  while (**at != ':')
    length = length * 10 + (size_t)(*(*at)++ - '0');
  bt_text text = {*at + 1, length};
  *at = text.bytes + length;
  return text;
}

int64_t bt_bencode_integer(const char **at) {
  const char *digit = *at + 1;
  bool is_negative = *digit == '-';
  int64_t number = 0;
  for (digit += is_negative; *digit != 'e'; digit++)
    number = number * 10 + (*digit - '0');
  *at = digit + 1;
  return is_negative ? -number : number;
}

const char *bt_bencode_skip(const char *at) {
  size_t depth = 0;
  do {
    if (*at == 'l' || *at == 'd') {
      depth++;
      at++;
    } else if (*at == 'e') {
      depth--;
      at++;
    } else if (*at == 'i') {
      bt_bencode_integer(&at);
    } else {
      bt_bencode_text(&at);
    }
  } while (depth);
  return at;
}

const char *bt_bencode_enter(const char *at) {
  return at + 1;
}

bool bt_bencode_more(const char **at) {
  if (**at != 'e') return true;
  (*at)++;
  return false;
}
