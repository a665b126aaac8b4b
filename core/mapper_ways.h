// The ways to talk to a router about ports. They block, for seconds; the mapper's thread calls
// them.
#ifndef BT_MAPPER_WAYS_H
#define BT_MAPPER_WAYS_H

#include "mapper.h"

typedef struct {
  const char *name;

  // Finds the router; one in reach of `address` where that is not NULL. NULL and BT_MISSING where
  // none answers. What is returned is the caller's, to close.
  void *(*open)(const char *address, bt_error *error);

  // The router's address on the internet, as it says; "" where it does not.
  void (*external)(void *router, char text[16]);

  // Opens or renews. `port->outer` is what is wished for, and then what was given.
  bool (*map)(void *router, bt_mapper_port *port, unsigned lease_seconds, bt_error *error);

  void (*unmap)(void *router, const bt_mapper_port *port);
  void (*close)(void *router);
} bt_mapper_way;

extern const bt_mapper_way bt_mapper_natpmp, bt_mapper_upnp;

#endif
