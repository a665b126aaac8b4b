// The engine without Lua: two at once, stopping while they are being woken, magnets cut short.
#include "engine.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static void count_wake(void *context) {
  atomic_fetch_add((atomic_int *)context, 1);
}

static bt_engine *open_engine(atomic_int *wakes) {
  static const char *const listen[] = {"127.0.0.1:0"};
  bt_engine_options options = {
      .listen = listen, .listen_count = 1, .wake = count_wake, .context = wakes};
  bt_error error;
  bt_engine *engine = bt_engine_open(&options, &error);
  CHECK(engine);
  return engine;
}

static unsigned wait_for_port(bt_engine *engine) {
  const struct timespec moment = {0, 1000000};
  for (int i = 0; i < 10000; i++) {
    const bt_event *event = bt_engine_next(engine);
    if (event && event->type == BT_EVENT_LISTENING) return event->port;
    if (!event) nanosleep(&moment, NULL);
  }
  return 0;
}

static void test_two_engines(void) {
  atomic_int first_wakes = 0, second_wakes = 0;
  bt_engine *first = open_engine(&first_wakes), *second = open_engine(&second_wakes);
  unsigned port = wait_for_port(first);
  CHECK(port != 0 && port != wait_for_port(second));
  CHECK(first_wakes > 0 && second_wakes > 0);
  for (int i = 0; i < 100; i++)
    bt_engine_post_stats(first);
  bt_engine_stop(first);
  int wakes = first_wakes;
  bt_engine_free(first);
  CHECK(wakes == first_wakes);
  bt_engine_stop(second);
  bt_engine_free(second);
}

static void test_wrong_settings(void) {
  atomic_int wakes = 0;
  bt_setting wrong = {.name = "enable_dht", .type = BT_SETTING_STRING, .string = "no"};
  bt_engine_options options = {
      .settings = &wrong, .setting_count = 1, .wake = count_wake, .context = &wakes};
  bt_error error;
  CHECK(!bt_engine_open(&options, &error));
  CHECK(error.code == BT_INVALID && strstr(error.message, "enable_dht"));
}

static void test_magnet_is_cut_as_snprintf_cuts(void) {
  bt_magnet magnet = {.info_hash = "00", .name = "a b"};
  char whole[64], part[8];
  size_t length = bt_magnet_write(&magnet, whole, sizeof whole);
  CHECK(!strcmp(whole, "magnet:?xt=urn:btih:00&dn=a%20b") && length == strlen(whole));
  CHECK(bt_magnet_write(&magnet, part, sizeof part) == length && !strcmp(part, "magnet:"));
  CHECK(bt_magnet_write(&magnet, NULL, 0) == length);
}

int main(void) {
  test_two_engines();
  test_wrong_settings();
  test_magnet_is_cut_as_snprintf_cuts();
  return 0;
}
