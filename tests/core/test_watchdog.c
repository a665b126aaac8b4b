// The watchdog: who runs too long is interrupted in time, who is quick never is, and an inner run
// is not the outer's.
#include "watchdog.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static const int64_t millisecond = 1000000;

static void note(void *context) {
  atomic_int *count = context;
  atomic_fetch_add(count, 1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void work(int64_t duration) {
  int64_t end = now() + duration;
  while (now() < end)
    continue;
}

static void interrupts_once_until_asked_again(bt_watchdog *dog) {
  atomic_int count = 0;
  bt_watch_run run = {.name = "test", .context = &count};
  bt_watchdog_enter(dog, &run, 30 * millisecond);
  CHECK(bt_watchdog_top(dog) == &run);
  int64_t deadline = now() + 5000 * millisecond;
  while (count == 0 && now() < deadline)
    continue;
  CHECK(count == 1);
  CHECK(bt_watchdog_age(&run) >= 30 * millisecond);
  work(100 * millisecond);
  CHECK(count == 1);
  bt_watchdog_look_again(dog, 150 * millisecond);
  while (count == 1 && now() < deadline)
    continue;
  CHECK(count == 2);
  CHECK(bt_watchdog_leave(dog, &run) >= 150 * millisecond);
  CHECK(!bt_watchdog_top(dog));
}

static void leaves_the_quick_alone(bt_watchdog *dog) {
  atomic_int count = 0;
  for (int i = 0; i < 100000; i++) {
    bt_watch_run run = {.name = "quick", .context = &count};
    bt_watchdog_enter(dog, &run, 10000 * millisecond);
    CHECK(bt_watchdog_leave(dog, &run) < 10000 * millisecond);
  }
  CHECK(count == 0);
}

static void does_not_count_the_inner_for_the_outer(bt_watchdog *dog) {
  atomic_int outer_count = 0, inner_count = 0;
  bt_watch_run outer = {.name = "outer", .context = &outer_count};
  bt_watch_run inner = {.name = "inner", .context = &inner_count};
  bt_watchdog_enter(dog, &outer, 10000 * millisecond);
  bt_watchdog_enter(dog, &inner, 20 * millisecond);
  int64_t deadline = now() + 5000 * millisecond;
  while (inner_count == 0 && now() < deadline)
    continue;
  CHECK(inner_count == 1);
  int64_t taken = bt_watchdog_leave(dog, &inner), before = now();
  CHECK(taken >= 20 * millisecond);
  CHECK(bt_watchdog_age(&outer) < taken + (now() - before));
  bt_watchdog_leave(dog, &outer);
  CHECK(outer_count == 0);
}

// Its thread sleeps after a second without work: it must wake up again.
static void wakes_up(bt_watchdog *dog) {
  struct timespec pause = {.tv_sec = 1, .tv_nsec = 300 * millisecond};
  nanosleep(&pause, NULL);
  interrupts_once_until_asked_again(dog);
}

int main(void) {
  bt_error error;
  for (int round = 0; round < 2; round++) { // two in one process
    bt_watchdog *dog = bt_watchdog_open(&error);
    CHECK(dog && !bt_watchdog_is_started(dog));
    CHECK(bt_watchdog_start(dog, note, &error) && bt_watchdog_is_started(dog));
    interrupts_once_until_asked_again(dog);
    leaves_the_quick_alone(dog);
    does_not_count_the_inner_for_the_outer(dog);
    wakes_up(dog);
    bt_watchdog_close(dog);
  }
  return 0;
}
