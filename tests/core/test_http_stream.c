// Streams and requests that are asked about, from C: what the opener pushes arrives, and how it
// ends.
#include "http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#undef NDEBUG
#include <assert.h>

static void no_wake(void *context) {
  (void)context;
}

static bt_http *open_listener(bool asks) {
  bt_http_options options = {
      .address = "127.0.0.1",
      .threads = 2,
      .connections = 16,
      .header_seconds = 5,
      .idle_seconds = 1,
      .slow_seconds = 1,
      .body_limit = 1000,
      .asks = asks,
      .wake = no_wake,
  };
  bt_error error;
  bt_http *listener = bt_http_open(&options, &error);
  assert(listener);
  return listener;
}

static int call(const bt_http *listener, const char *text) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(bt_http_port(listener))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert(fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
  assert(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
  return fd;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bt_http_event await_event(bt_http *listener) {
  bt_http_event event;
  double until = seconds() + 5;
  while (!bt_http_next(listener, &event)) {
    assert(seconds() < until);
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
  return event;
}

// Reads until `wanted` has come, or the end; keeps what came in `text`.
static void read_until(int fd, const char *wanted, char *text, size_t room) {
  size_t length = 0;
  text[0] = 0;
  while (!wanted || !strstr(text, wanted)) {
    ssize_t count = recv(fd, text + length, room - length - 1, 0);
    assert(count > 0 || !wanted);
    if (count <= 0) return;
    length += (size_t)count;
    text[length] = 0;
  }
}

static uint64_t start_stream(bt_http *listener) {
  bt_http_event event = await_event(listener);
  assert(event.request && !event.is_head);
  uint64_t id = event.id;
  bt_http_answer *answer = bt_http_answer_new(200);
  assert(answer && bt_http_answer_bytes(answer, "hello\n", 6));
  bt_http_answer_stream(answer);
  uint64_t queued;
  assert(!bt_http_push(listener, id, "early", 5, &queued)); // not answered yet
  assert(bt_http_reply(listener, id, answer));
  return id;
}

static const char get[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

static void test_growing(void) {
  bt_http *listener = open_listener(false);
  int fd = call(listener, get);
  uint64_t id = start_stream(listener), queued;
  char text[4096];
  assert(bt_http_push(listener, id, "one\n", 4, &queued) && queued >= 4);
  read_until(fd, "one\n", text, sizeof text);
  assert(strstr(text, "hello\n"));
  assert(bt_http_push(listener, id, "two\n", 4, &queued));
  assert(bt_http_finish(listener, id) && !bt_http_finish(listener, id));
  read_until(fd, NULL, text, sizeof text);
  assert(strstr(text, "two\n"));
  bt_http_event end = await_event(listener);
  assert(!end.request && end.id == id && end.complete && end.bytes == 14);
  close(fd);
  bt_http_free(listener);
}

static void test_ends(void) {
  bt_http *listener = open_listener(false);
  int gone = call(listener, get);
  uint64_t id = start_stream(listener), queued;
  close(gone);
  bt_http_event end = await_event(listener);
  assert(!end.request && end.id == id && !end.complete);

  int asleep = call(listener, get);
  id = start_stream(listener);
  static char block[16384];
  size_t pushed = 0;
  while (bt_http_push(listener, id, block, sizeof block, &queued)) {
    assert(queued <= bt_http_stream_limit);
    assert((pushed += sizeof block) < (64u << 20));
  }
  end = await_event(listener);
  assert(end.id == id && !end.complete);

  int last = call(listener, get);
  start_stream(listener);
  double before = seconds();
  bt_http_stop(listener);
  assert(seconds() - before < 0.5);
  bt_http_free(listener);
  close(asleep);
  close(last);
}

static void test_asking(void) {
  static const char post[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n";
  bt_http *listener = open_listener(true);
  int fd = call(listener, post);
  bt_http_event event = await_event(listener);
  assert(event.request && event.is_head && event.request->body_length == 0);
  const bt_http_way_in way = {.limit = 3, .file = -1};
  assert(bt_http_let_in(listener, event.id, &way) && !bt_http_let_in(listener, event.id, &way));
  assert(send(fd, "abc", 3, MSG_NOSIGNAL) == 3);
  bt_http_event whole = await_event(listener);
  assert(!whole.is_head && whole.id == event.id && whole.request->body_length == 3);
  bt_http_answer *answer = bt_http_answer_new(204);
  assert(bt_http_reply(listener, whole.id, answer));
  char text[1024];
  read_until(fd, "\r\n\r\n", text, sizeof text);
  assert(strncmp(text, "HTTP/1.1 204", 12) == 0);
  close(fd);

  fd = call(listener, post);
  event = await_event(listener);
  answer = bt_http_answer_new(403);
  assert(bt_http_reply(listener, event.id, answer));
  read_until(fd, NULL, text, sizeof text);
  assert(strncmp(text, "HTTP/1.1 403", 12) == 0 && strstr(text, "Connection: close"));
  close(fd);
  bt_http_free(listener);
}

int main(void) {
  test_growing();
  test_ends();
  test_asking();
  puts("ok");
  return 0;
}
