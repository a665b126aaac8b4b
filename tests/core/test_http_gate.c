// The gate's pure functions, and the body's bucket.
#include "http_body.h"
#include "http_gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#undef NDEBUG
#include <assert.h>

static int split(const char *target, bt_gate_path *path) {
  char segments[bt_gate_target_limit + 2];
  path->segments = segments;
  int status = bt_gate_split_target(target, strlen(target), path);
  path->segments = NULL;
  return status;
}

static void expect_segments(const char *target, size_t count, const char *joined, bool slash) {
  char segments[256], text[256] = "";
  bt_gate_path path = {.segments = segments};
  assert(bt_gate_split_target(target, strlen(target), &path) == bt_gate_open);
  assert(path.segment_count == count && path.slash == slash);
  const char *segment = segments;
  for (size_t i = 0; i < count; i++, segment += strlen(segment) + 1) {
    strcat(text, "|");
    strcat(text, segment);
  }
  assert(strcmp(text, joined) == 0);
}

static void test_targets(void) {
  expect_segments("/", 0, "", true);
  expect_segments("/?a=/b", 0, "", true);
  expect_segments("/a", 1, "|a", false);
  expect_segments("/a/", 1, "|a", true);
  expect_segments("/a%20b/%C3%A9/%25", 3, "|a b|\xc3\xa9|%", false);
  expect_segments("/...", 1, "|...", false);
  expect_segments("/%252f", 1, "|%2f", false);
  expect_segments("/%f0%9f%98%80/\xc3\xa9?%00", 2, "|\xf0\x9f\x98\x80|\xc3\xa9", false);
  static const char *const bad[] = {
      "",
      "a",
      "*",
      "//",
      "/a//b",
      "/.",
      "/..",
      "/%2e",
      "/%2E.",
      "/a/../b",
      "/%00",
      "/%0d",
      "/%0a",
      "/%2f",
      "/%2F",
      "/%5c",
      "/\\",
      "/%",
      "/%1",
      "/%g0",
      "/%0g",
      "/%+1",
      "/a b",
      "/a\tb",
      "/\x7f",
      "/#",
      "/%80",
      "/%c3",
      "/%c3/",
      "/%c0%80",
      "/%e0%80%80",
      "/%ed%a0%80",
      "/%f4%90%80%80",
      "/%f8%88%80%80%80",
      "/%c3%",
  };
  bt_gate_path path;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert(split(bad[i], &path) == 400);
  char most[bt_gate_target_limit + 2];
  memset(most, 'a', sizeof most);
  most[0] = '/';
  most[bt_gate_target_limit] = 0;
  assert(split(most, &path) == bt_gate_open);
  most[bt_gate_target_limit] = 'a';
  most[bt_gate_target_limit + 1] = 0;
  assert(split(most, &path) == 414);
}

static bt_http_field field(const char *name, const char *value) {
  return (bt_http_field){name, strlen(name), value, strlen(value)};
}

static void test_fields(void) {
  bt_gate_message message;
  bt_http_field fields[] = {field("host", "x"), field("A", "b"), field("CONTENT-length", "12")};
  assert(bt_gate_check_fields(fields, 3, true, &message) == bt_gate_open);
  assert(message.host == &fields[0] && message.content_length == 12 && !message.chunked);
  fields[1] = field("Transfer-Encoding", "Chunked");
  assert(bt_gate_check_fields(fields, 3, true, &message) == 400);
  assert(bt_gate_check_fields(fields, 2, true, &message) == bt_gate_open && message.chunked);
  assert(bt_gate_check_fields(fields, 2, false, &message) == 400);
  assert(bt_gate_check_fields(fields + 1, 1, true, &message) == 400);
  static const char *const lengths[] = {"", "-1", "+1", "1 ", "1,1", "0x1", "9999999999999999999"};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    fields[1] = field("Content-Length", lengths[i]);
    assert(bt_gate_check_fields(fields, 2, true, &message) == 400);
  }
  assert(bt_gate_is_field("X-a", 3, "b\tc\xff", 4));
  assert(!bt_gate_is_field("", 0, "", 0));
  assert(!bt_gate_is_field("a ", 2, "", 0));
  assert(!bt_gate_is_field("a:", 2, "", 0));
  assert(!bt_gate_is_field("a", 1, "b\0c", 3));
  assert(!bt_gate_is_field("a", 1, "b\rc", 3));
  assert(!bt_gate_is_field("a", 1, "b\nc", 3));
}

// As the old parser leaves it: every delimiter became a NUL.
static bool is_plain(char *raw, size_t length, size_t first, size_t name, size_t value) {
  bt_http_field fields[] = {field(raw + first, raw + first + name + value)};
  bt_gate_layout layout = {raw, length, raw + 4, 1, raw + 6};
  return bt_gate_is_plain(&layout, fields, 1);
}

static void test_layout(void) {
  char good[] = "GET\0/\0HTTP/1.1\0\0Host\0 x\0\0\0";
  assert(is_plain(good, sizeof good, 16, 4, 2));
  assert(!is_plain(good, sizeof good - 1, 16, 4, 2)); // a bare LF at the end
  char bare[] = "GET\0/\0HTTP/1.1\0Host\0 x\0\0\0";
  assert(!is_plain(bare, sizeof bare, 15, 4, 2));
  char cut[] = "GET\0/\0HTTP/1.1\0\0Host\0 x\0y\0\0\0";
  assert(!is_plain(cut, sizeof cut, 16, 4, 2));
}

static int host(const char *name, const bt_gate_hosts *hosts) {
  return bt_gate_check_host(name, strlen(name), hosts);
}

static void test_hosts(void) {
  static const char *const names[] = {"share.example"};
  struct sockaddr_in four = {.sin_family = AF_INET};
  inet_pton(AF_INET, "192.0.2.7", &four.sin_addr);
  bt_gate_hosts own = {.names = names, .name_count = 1, .local = (struct sockaddr *)&four};
  assert(host("192.0.2.7", &own) == bt_gate_open);
  assert(host("[::ffff:192.0.2.7]:1", &own) == bt_gate_open);
  assert(host("192.0.2.8", &own) == 421);
  assert(host("SHARE.example:80", &own) == bt_gate_open);
  assert(host("share.example.", &own) == 421);
  assert(host("localhost", &own) == 421);
  static const char *const bad[] = {"",    ":80",  "a b",    "a/b",           "[",
                                    "[]",  "[::1", "[::1]x", "a:1:2",         "a:65536",
                                    "a:x", "a,b",  "a@b",    "[fe80::1%25lo]"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert(host(bad[i], &own) == 400);
  bt_gate_hosts any = {.any_literal = true, .loopback = true};
  assert(host("203.0.113.1", &any) == bt_gate_open);
  assert(host("[2001:db8::1]", &any) == bt_gate_open);
  assert(host("localhost", &any) == bt_gate_open);
  assert(host("x.localhost:", &any) == bt_gate_open);
  static const char *const foreign[] = {
      "0.0.0.0",   "0.1.2.3",   "224.0.0.1",        "255.255.255.255", "169.254.0.1", "[::]",
      "[fe80::1]", "[ff02::1]", "[::ffff:0.0.0.0]", "xlocalhost",      ".localhost",  "127.1"};
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    assert(host(foreign[i], &any) == 421);
}

static void test_bucket(void) {
  static const uint64_t second = 1000000000;
  static const uint64_t rates[] = {1, 100, 5000, 1000000, 1000000000};
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
    bt_bucket bucket = {.rate = rates[i]};
    uint64_t start = 7 * second, now = start, moved = 0, later = 0;
    while (now < start + 20 * second) {
      size_t taken = bt_bucket_take(&bucket, 262144, now, &later);
      assert(taken > 0 || later > now);
      if (taken == 0) now = later;
      moved += taken;
    }
    assert(moved >= rates[i] * 19 && moved <= rates[i] * 21 + 1);
  }
  bt_bucket free_bucket = {0};
  uint64_t later;
  assert(bt_bucket_take(&free_bucket, 5, 0, &later) == 5);

  // Who takes all it gets waits for the bucket all the time, who takes a tenth never does.
  bt_bucket hungry = {.rate = 1000000}, modest = {.rate = 1000000};
  for (uint64_t now = second; now < 11 * second; now += second / 100) {
    bt_bucket_take(&hungry, 262144, now, &later);
    bt_bucket_take(&modest, 1000, now, &later);
  }
  assert(bt_bucket_starved(&hungry, 11 * second) > 8 * second);
  assert(bt_bucket_starved(&modest, 11 * second) < second);
}

int main(void) {
  test_targets();
  test_fields();
  test_layout();
  test_hosts();
  test_bucket();
  assert(bt_gate_check_method("PATCH") == bt_gate_open);
  assert(bt_gate_check_method("TRACE") == 400);
  puts("ok");
  return 0;
}
