// UPnP IGD, by libminiupnpc: the router is searched for on the local network (SSDP), then told.
#include "mapper_ways.h"

#include <arpa/inet.h>
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const int search_milliseconds = 1000; // for each kind of router

// UPnP IGD error codes.
enum { not_authorized = 606, is_taken = 718, must_be_equal = 724, must_be_permanent = 725 };

typedef struct {
  struct UPNPUrls urls;
  struct IGDdatas data;
  char address[40]; // of ours, as the router sees it
} upnp_router;

// Anybody on the network may answer a search, and name any address to talk to. A router is near.
static bool is_near(const char *url) {
  char host[16];
  struct in_addr address;
  if (!url || sscanf(url, "http://%15[0-9.]", host) != 1) return false;
  if (inet_pton(AF_INET, host, &address) != 1) return false;
  uint32_t number = ntohl(address.s_addr);
  return number >> 24 == 10 || number >> 20 == 0xac1 || number >> 16 == 0xc0a8 ||
         number >> 16 == 0xa9fe || number >> 22 == 0x191; // RFC 1918, RFC 3927, RFC 6598
}

static struct UPNPDev *without_far(struct UPNPDev *list) {
  struct UPNPDev **link = &list;
  while (*link) {
    struct UPNPDev *device = *link;
    if (is_near(device->descURL)) {
      link = &device->pNext;
    } else {
      *link = device->pNext;
      free(device);
    }
  }
  return list;
}

// Whether the list holds a gateway; one that says it is not connected, or that has a private
// address itself, is asked all the same.
static bool choose(struct UPNPDev *list, upnp_router *router) {
#if MINIUPNPC_API_VERSION >= 18
  char external[40];
  const int least_gateway = 3;
  int kind = UPNP_GetValidIGD(list, &router->urls, &router->data, router->address,
                              sizeof router->address, external, sizeof external);
#else
  const int least_gateway = 2;
  int kind =
      UPNP_GetValidIGD(list, &router->urls, &router->data, router->address, sizeof router->address);
#endif
  if (kind <= 0) return false;
  if (kind <= least_gateway && is_near(router->urls.controlURL)) return true;
  FreeUPNPUrls(&router->urls);
  return false;
}

static void *upnp_open(const char *address, bt_error *error) {
  upnp_router *router = calloc(1, sizeof *router);
  if (!router) {
    bt_fail(error, BT_FULL, "no memory");
    return NULL;
  }
  int result;
  struct UPNPDev *list =
      without_far(upnpDiscover(search_milliseconds, address, NULL, 0, 0, 2, &result));
  bool is_found = list && choose(list, router);
  freeUPNPDevlist(list);
  if (!is_found) {
    free(router);
    bt_fail(error, BT_MISSING, "no router answered");
    return NULL;
  }
  if (address) snprintf(router->address, sizeof router->address, "%s", address);
  return router;
}

static void upnp_close(void *handle) {
  upnp_router *router = handle;
  FreeUPNPUrls(&router->urls);
  free(router);
}

static void upnp_external(void *handle, char text[16]) {
  upnp_router *router = handle;
  struct in_addr address;
  int result =
      UPNP_GetExternalIPAddress(router->urls.controlURL, router->data.first.servicetype, text);
  if (result != UPNPCOMMAND_SUCCESS || inet_pton(AF_INET, text, &address) != 1) text[0] = 0;
}

static int add(const upnp_router *router, const bt_mapper_port *port, unsigned lease_seconds) {
  char outer[8], inner[8], lease[16];
  snprintf(outer, sizeof outer, "%u", port->outer);
  snprintf(inner, sizeof inner, "%u", port->inner);
  snprintf(lease, sizeof lease, "%u", lease_seconds);
  return UPNP_AddPortMapping(router->urls.controlURL, router->data.first.servicetype, outer, inner,
                             router->address, "BTshare", "TCP", NULL, lease);
}

static uint16_t any_port(void) {
  uint16_t random = 0;
  if (getrandom(&random, sizeof random, 0) < 0) random = 0;
  return 49152 + random % 16384;
}

static bool upnp_map(void *handle, bt_mapper_port *port, unsigned lease_seconds, bt_error *error) {
  int result = 0;
  for (int tries = 0; tries < 5; tries++) {
    result = add(handle, port, lease_seconds);
    if (result == is_taken) // by another machine
      port->outer = any_port();
    else if (result == must_be_permanent && lease_seconds > 0)
      lease_seconds = 0;
    else if (result == must_be_equal && port->outer != port->inner)
      port->outer = port->inner;
    else
      break;
  }
  if (result == UPNPCOMMAND_SUCCESS) return true;
  if (result < 0) return bt_fail(error, BT_MISSING, "the router stopped answering");
  if (result == not_authorized) return bt_fail(error, BT_DENIED, "the router refuses (UPnP)");
  const char *words = strupnperror(result);
  return bt_fail(error, BT_DENIED, "the router refuses (UPnP error %d%s%s)", result,
                 words ? ", " : "", words ? words : "");
}

static void upnp_unmap(void *handle, const bt_mapper_port *port) {
  upnp_router *router = handle;
  char outer[8];
  snprintf(outer, sizeof outer, "%u", port->outer);
  UPNP_DeletePortMapping(router->urls.controlURL, router->data.first.servicetype, outer, "TCP",
                         NULL);
}

const bt_mapper_way bt_mapper_upnp = {
    "UPnP", upnp_open, upnp_external, upnp_map, upnp_unmap, upnp_close,
};
