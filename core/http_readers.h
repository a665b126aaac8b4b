// Threads that wait for disks, so that those that talk to clients never do.
//
// A disk that stalls (a network share whose server is gone, a drive that spins up) holds the thread
// that reads from it. So what is not in memory is read here: on at most `readers_of_a_root` threads
// for one root, that other disks go on, and on at most `readers_limit` in all. Threads are started
// when they are wanted and end when they were not for a while.
//
// Threads: any function from any thread. A finish is called on a reader's thread, or on that of
// bt_readers_add or bt_readers_end, under a lock of the readers: it must not block, nor call back.
#ifndef BT_HTTP_READERS_H
#define BT_HTTP_READERS_H

#include "http_body.h"

enum { readers_limit = 64, readers_of_a_root = 16 };

typedef struct bt_readers bt_readers;

// One read of a body. While it goes on, the body is the readers'.
typedef struct bt_reading {
  struct bt_reading *next; // the readers'
  bt_body *body;
  void (*finish)(void *context, struct bt_reading *reading);
  void *context;
  size_t size;     // at most so many bytes; 0: the first file is opened, nothing is read
  ssize_t count;   // as bt_body_read says; of opening 0, or -1
  bt_code problem; // of opening
  size_t given;    // of what was read, for whoever takes it bit by bit
  char bytes[];
} bt_reading;

// NULL when memory is short.
bt_readers *bt_readers_new(void);

// Takes `body` for one read; NULL when memory is short: then the body stays the caller's. `finish`
// and `context` are the caller's to set.
bt_reading *bt_reading_new(bt_body *body, size_t size);

// Frees a reading, and its body if that is still there. NULL is fine.
void bt_reading_free(bt_reading *reading);

// Reads, and calls `finish` with the reading, which is its own from then on. It is called once in
// any case: with NULL where the readers have ended meanwhile, or no thread can be had.
void bt_readers_add(bt_readers *readers, bt_reading *reading);

// Finishes everything at once, without waiting for any disk: what is being read is given up, and
// freed whenever it is over. Idempotent.
void bt_readers_end(bt_readers *readers);

// Ends, and frees: at once, or when the last read that was given up is over. NULL is fine.
void bt_readers_free(bt_readers *readers);

#endif
