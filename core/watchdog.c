// A watchdog for code that must not run for long.
#include "watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  tick_milliseconds = 20,
  idle_ticks = 50,       // without a new run, after which the thread sleeps
  said_after_seconds = 5 // an interrupted run is named on stderr if it still has not ended
};

struct bt_watchdog {
  pthread_t thread;
  pthread_t watched;
  void (*interrupt)(void *context);
  bt_watch_run *volatile top; // only the watched thread and its signal handler follow it
  _Atomic int64_t next_look;  // of `top`, 0 where there is none
  atomic_uint runs;           // so far
  atomic_bool is_asleep;      // the thread waits to be woken by the next run
  _Atomic int64_t
      stuck_from; // when the interrupted run began, 0: there is none. `name` is its, written before
  char name[bt_watchdog_name_bytes];
  int note; // file in which `name` stands meanwhile, or -1
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool is_closing; // under `lock`
  bool is_started;
};

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

// On the watched thread, in whatever it is doing. The signal may be late: then what it was meant
// for has ended, and what runs now is young.
static void handle_signal(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  if (info->si_code != SI_QUEUE || info->si_pid != getpid()) return; // not from our thread
  int saved = errno;
  bt_watchdog *dog = info->si_value.sival_ptr;
  bt_watch_run *run = dog->top;
  if (run && run->next_look && now() >= run->next_look) {
    run->next_look = 0;
    atomic_store(&dog->next_look, 0);
    if (!atomic_load(&dog->stuck_from)) {
      strncpy(dog->name, run->name, sizeof dog->name - 1);
      atomic_store(&dog->stuck_from, run->began);
    }
    dog->interrupt(run->context);
  }
  errno = saved;
}

static void say_stuck(const bt_watchdog *dog) {
  fprintf(stderr,
          "btshare: %s has held everything up for %d s, in something that cannot be interrupted\n",
          dog->name, said_after_seconds);
}

// One write each: who is killed in between has left the whole name, or none.
static void note(const bt_watchdog *dog, const char *name) {
  if (dog->note < 0 || ftruncate(dog->note, 0) != 0 || !*name) return;
  ssize_t written = pwrite(dog->note, name, strlen(name), 0);
  (void)written; // then it is not known
}

// Waits for a tick, or until there is something to watch. Called with the lock.
static void wait_for_tick(bt_watchdog *dog, unsigned *seen, int *idle) {
  unsigned runs = atomic_load(&dog->runs);
  *idle = runs == *seen && !atomic_load(&dog->next_look) && !atomic_load(&dog->stuck_from)
              ? *idle + 1
              : 0;
  *seen = runs;
  if (*idle > idle_ticks) {
    atomic_store(&dog->is_asleep, true);
    while (atomic_load(&dog->runs) == runs && !dog->is_closing)
      pthread_cond_wait(&dog->wake, &dog->lock);
    atomic_store(&dog->is_asleep, false);
    *idle = 0;
    return;
  }
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += tick_milliseconds * 1000000L;
  if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
  pthread_cond_timedwait(&dog->wake, &dog->lock, &until);
}

static void *watch(void *context) {
  bt_watchdog *dog = context;
  unsigned seen = 0;
  int idle = 0;
  int64_t said = 0; // which run
  pthread_mutex_lock(&dog->lock);
  while (!dog->is_closing) {
    int64_t time = now(), next = atomic_load(&dog->next_look),
            stuck = atomic_load(&dog->stuck_from);
    if (next && time >= next)
      pthread_sigqueue(dog->watched, SIGURG, (union sigval){.sival_ptr = dog});
    if (stuck && stuck != said && time - stuck > said_after_seconds * INT64_C(1000000000)) {
      say_stuck(dog);
      note(dog, dog->name);
      said = stuck;
    } else if (said && stuck != said) {
      note(dog, "");
      said = 0;
    }
    wait_for_tick(dog, &seen, &idle);
  }
  pthread_mutex_unlock(&dog->lock);
  if (said) note(dog, "");
  return NULL;
}

bt_watchdog *bt_watchdog_open(bt_error *error) {
  bt_watchdog *dog = calloc(1, sizeof *dog);
  if (!dog) {
    bt_fail(error, BT_FULL, "watchdog: no memory");
    return NULL;
  }
  dog->note = -1;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&dog->lock, NULL);
  pthread_cond_init(&dog->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  return dog;
}

bool bt_watchdog_start(bt_watchdog *dog, void (*interrupt)(void *context), bt_error *error) {
  if (dog->is_started) return true;
  dog->interrupt = interrupt;
  dog->watched = pthread_self();
  struct sigaction action = {.sa_sigaction = handle_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGURG, &action, NULL);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int problem = pthread_create(&dog->thread, NULL, watch, dog);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  dog->is_started = problem == 0;
  if (problem != 0) bt_fail_errno(error, problem, "watchdog");
  return dog->is_started;
}

bool bt_watchdog_note_in(bt_watchdog *dog, const char *path, char former[bt_watchdog_name_bytes],
                         bt_error *error) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  ssize_t length = file < 0 ? -1 : pread(file, former, bt_watchdog_name_bytes - 1, 0);
  if (length < 0 || ftruncate(file, 0) != 0) {
    bt_fail_errno(error, errno, "%s", path);
    if (file >= 0) close(file);
    return false;
  }
  former[length] = 0;
  if (dog->note >= 0) close(dog->note);
  dog->note = file;
  return true;
}

bool bt_watchdog_is_started(const bt_watchdog *dog) {
  return dog->is_started;
}

void bt_watchdog_enter(bt_watchdog *dog, bt_watch_run *run, int64_t first_look) {
  run->began = now();
  run->next_look = run->began + first_look;
  run->below = dog->top;
  dog->top = run;
  atomic_store(&dog->next_look, run->next_look);
  atomic_fetch_add(&dog->runs, 1);
  if (!atomic_load(&dog->is_asleep)) return;
  pthread_mutex_lock(&dog->lock);
  pthread_cond_signal(&dog->wake);
  pthread_mutex_unlock(&dog->lock);
}

int64_t bt_watchdog_leave(bt_watchdog *dog, bt_watch_run *run) {
  int64_t taken = now() - run->began;
  bt_watch_run *below = run->below;
  if (below) {
    below->began += taken;
    if (below->next_look) below->next_look += taken;
  }
  dog->top = below;
  atomic_store(&dog->next_look, below ? below->next_look : 0);
  if (atomic_load(&dog->stuck_from)) atomic_store(&dog->stuck_from, 0);
  return taken;
}

bt_watch_run *bt_watchdog_top(const bt_watchdog *dog) {
  return dog->top;
}

int64_t bt_watchdog_age(const bt_watch_run *run) {
  return now() - run->began;
}

void bt_watchdog_look_again(bt_watchdog *dog, int64_t age) {
  bt_watch_run *run = dog->top;
  run->next_look = run->began + age;
  atomic_store(&dog->next_look, run->next_look);
}

void bt_watchdog_close(bt_watchdog *dog) {
  if (dog->is_started) {
    pthread_mutex_lock(&dog->lock);
    dog->is_closing = true;
    pthread_cond_signal(&dog->wake);
    pthread_mutex_unlock(&dog->lock);
    pthread_join(dog->thread, NULL);
    sched_yield(); // a signal that was sent before that is handled on the way back from the kernel
                   // at the latest
  }
  if (dog->note >= 0) close(dog->note);
  pthread_cond_destroy(&dog->wake);
  pthread_mutex_destroy(&dog->lock);
  free(dog);
}
