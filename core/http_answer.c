// Answers as plain values, built by whoever replies.
#include "http_inside.h"

#include <stdlib.h>
#include <string.h>

bt_http_answer *bt_http_answer_new(unsigned status) {
  bt_http_answer *answer = calloc(1, sizeof *answer);
  if (!answer) return NULL;
  answer->status = status;
  answer->body = bt_body_new();
  if (answer->body) return answer;
  free(answer);
  return NULL;
}

void bt_http_answer_free(bt_http_answer *answer) {
  if (!answer) return;
  for (size_t i = 0; i < answer->field_count; i++)
    free((char *)(uintptr_t)answer->fields[i].name);
  free(answer->fields);
  bt_body_free(answer->body);
  bt_http_answer_free(answer->gone);
  free(answer);
}

bool bt_http_answer_field(bt_http_answer *answer, const char *name, size_t name_length,
                          const char *value, size_t value_length) {
  if (!bt_gate_is_field(name, name_length, value, value_length)) return false;
  bt_http_field *fields = reallocarray(answer->fields, answer->field_count + 1, sizeof *fields);
  if (!fields) return false;
  answer->fields = fields;
  char *text = malloc(name_length + value_length + 2);
  if (!text) return false;
  memcpy(text, name, name_length);
  text[name_length] = 0;
  memcpy(text + name_length + 1, value, value_length);
  text[name_length + 1 + value_length] = 0;
  fields[answer->field_count++] =
      (bt_http_field){text, name_length, text + name_length + 1, value_length};
  return true;
}

bool bt_http_answer_bytes(bt_http_answer *answer, const char *bytes, size_t length) {
  return bt_body_add_bytes(answer->body, bytes, length);
}

bool bt_http_answer_file(bt_http_answer *answer, const char *root, const bt_file *file,
                         uint64_t offset, uint64_t length) {
  return bt_body_add_file(answer->body, root, file, offset, length);
}

void bt_http_answer_body(bt_http_answer *answer, bt_body *body) {
  bt_body_free(answer->body);
  answer->body = body;
  answer->is_told = true;
}

bool bt_http_answer_has_files(const bt_http_answer *answer) {
  return bt_body_has_files(answer->body);
}

void bt_http_answer_stream(bt_http_answer *answer) {
  answer->is_stream = answer->is_told = true;
}

void bt_http_answer_length(bt_http_answer *answer, uint64_t length) {
  answer->has_length = true;
  answer->length = length;
}

void bt_http_answer_close(bt_http_answer *answer) {
  answer->close = true;
}

void bt_http_answer_rate(bt_http_answer *answer, uint64_t rate) {
  answer->rate = rate;
}

void bt_http_answer_gone(bt_http_answer *answer, bt_http_answer *gone) {
  bt_http_answer_free(answer->gone);
  answer->gone = gone;
}
