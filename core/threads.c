// Starting threads that nobody joins.
#include "threads.h"

#include <pthread.h>
#include <signal.h>

int bt_threads_start(int count, void *(*run)(void *context), void *context) {
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  int started = 0;
  pthread_t thread;
  while (started < count && pthread_create(&thread, &attributes, run, context) == 0)
    started++;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}
