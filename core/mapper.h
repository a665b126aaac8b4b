// Opens ports of the router to ours, by NAT-PMP (RFC 6886) or UPnP IGD, whichever it knows, keeps
// them open, and closes them in the end.
//
// One thread of the mapper's own talks to the router, which may take seconds for a word. Each
// mapping is a lease that is asked for anew long before it ends, so that a router that was
// restarted has it back soon. Only TCP, only IPv4: IPv6 is not translated.
//
// Threads: all functions belong to the thread that opened the mapper, but for `wake`, which is
// called on the mapper's thread and may only wake.
#ifndef BT_MAPPER_H
#define BT_MAPPER_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BT_MAPPER_PORTS = 4 };

typedef struct bt_mapper bt_mapper;

typedef struct {
  uint16_t inner; // ours
  uint16_t outer; // as last given by the router; 0: the same
} bt_mapper_port;

typedef struct {
  bt_mapper_port ports[BT_MAPPER_PORTS];
  size_t count;
  const char *address; // IPv4 literal of ours, copied; NULL: the one that faces the router
  unsigned lease_seconds;
  unsigned refresh_seconds; // between two askings; up to twelve times that while nothing answers
  void (*wake)(void *context);
  void *context;
} bt_mapper_options;

// How things stand after asking.
typedef struct {
  const char *way;                 // "UPnP" or "NAT-PMP", static; NULL where no port is open
  uint16_t outer[BT_MAPPER_PORTS]; // in the order of the options; 0: not open
  char external[16]; // IPv4 literal as the router says, also one that refuses; "" if it does not
  bt_error error;    // where a port is not open. BT_MISSING: no router answered
  bool is_ended;     // answer to bt_mapper_stop; nothing follows
} bt_mapper_event;

// Starts asking. `options` is copied. The mapper is the caller's, to free with bt_mapper_free.
bt_mapper *bt_mapper_open(const bt_mapper_options *options, bt_error *error);

// Takes how things stand, if they were asked since the last call. False where there is no news.
bool bt_mapper_next(bt_mapper *mapper, bt_mapper_event *event);

// Looks for the router anew and asks now: our address has changed, so it may be another one.
void bt_mapper_ask(bt_mapper *mapper);

// Begins to close what is open; an event with `is_ended` follows, seconds later where the router
// is slow. False where nothing was ever asked of a router: then there is nothing to wait for.
bool bt_mapper_stop(bt_mapper *mapper);

// `wake` is not called any more. What is still open stays so until its lease ends.
void bt_mapper_free(bt_mapper *mapper);

#endif
