// NAT-PMP (RFC 6886), by libnatpmp: the gateway is asked, nobody else.
#include "mapper_ways.h"

#include <arpa/inet.h>
#include <natpmp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// A router answers at once or never; libnatpmp itself would ask for a minute.
static const int patience = 2000;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * (int64_t)1000 + time.tv_nsec / 1000000;
}

// Waits for the answer to what was sent. What answers another question is left over from a
// request that we gave up.
static int read_answer(natpmp_t *router, uint16_t type, natpmpresp_t *answer) {
  int64_t end = now() + patience;
  int result = NATPMP_TRYAGAIN;
  while (result == NATPMP_TRYAGAIN && now() < end) {
    struct timeval wait;
    getnatpmprequesttimeout(router, &wait);
    int64_t milliseconds = wait.tv_sec * (int64_t)1000 + wait.tv_usec / 1000 + 1;
    if (milliseconds > end - now()) milliseconds = end - now();
    struct pollfd socket = {.fd = router->s, .events = POLLIN};
    poll(&socket, 1, milliseconds > 0 ? (int)milliseconds : 0);
    result = readnatpmpresponseorretry(router, answer);
    if (result == 0 && answer->type != type) result = NATPMP_TRYAGAIN;
  }
  return result;
}

static bool fail(bt_error *error, int result) {
  switch (result) {
  case NATPMP_ERR_NOTAUTHORIZED:
  case NATPMP_ERR_UNSUPPORTEDOPCODE:
    return bt_fail(error, BT_DENIED, "the router refuses (NAT-PMP)");
  case NATPMP_ERR_OUTOFRESOURCES:
    return bt_fail(error, BT_FULL, "the router has no ports left (NAT-PMP)");
  case NATPMP_ERR_NETWORKFAILURE:
    return bt_fail(error, BT_BUSY, "the router has no address of its own on the internet");
  default:
    return bt_fail(error, BT_MISSING, "no router answered");
  }
}

static int ask_external(natpmp_t *router, natpmpresp_t *answer) {
  int result = sendpublicaddressrequest(router);
  return result < 0 ? result : read_answer(router, NATPMP_RESPTYPE_PUBLICADDRESS, answer);
}

static void natpmp_close(void *router) {
  closenatpmp(router);
  free(router);
}

// libnatpmp binds to no address: the system sends from the one that faces the gateway.
static void *natpmp_open(const char *address, bt_error *error) {
  (void)address;
  natpmp_t *router = calloc(1, sizeof *router);
  if (!router) {
    bt_fail(error, BT_FULL, "no memory");
    return NULL;
  }
  int result = initnatpmp(router, 0, 0);
  if (result < 0) {
    free(router);
    fail(error, result);
    return NULL;
  }
  natpmpresp_t answer;
  result = ask_external(router, &answer);
  if (result < 0) {
    natpmp_close(router);
    fail(error, result);
    return NULL;
  }
  return router;
}

static void natpmp_external(void *router, char text[16]) {
  natpmpresp_t answer;
  text[0] = 0;
  if (ask_external(router, &answer) == 0)
    inet_ntop(AF_INET, &answer.pnu.publicaddress.addr, text, 16);
}

static int request(natpmp_t *router, uint16_t inner, uint16_t outer, unsigned lease,
                   natpmpresp_t *answer) {
  int result = sendnewportmappingrequest(router, NATPMP_PROTOCOL_TCP, inner, outer, lease);
  return result < 0 ? result : read_answer(router, NATPMP_RESPTYPE_TCPPORTMAPPING, answer);
}

static bool natpmp_map(void *router, bt_mapper_port *port, unsigned lease_seconds,
                       bt_error *error) {
  natpmpresp_t answer;
  int result = request(router, port->inner, port->outer, lease_seconds, &answer);
  if (result == NATPMP_TRYAGAIN || result == NATPMP_ERR_NOGATEWAYSUPPORT) // miniupnpd, refusing
    return bt_fail(error, BT_BUSY, "the router knows NAT-PMP but opens no port");
  if (result < 0) return fail(error, result);
  port->outer = answer.pnu.newportmapping.mappedpublicport;
  return true;
}

static void natpmp_unmap(void *router, const bt_mapper_port *port) {
  natpmpresp_t answer;
  request(router, port->inner, 0, 0, &answer);
}

const bt_mapper_way bt_mapper_natpmp = {
    "NAT-PMP", natpmp_open, natpmp_external, natpmp_map, natpmp_unmap, natpmp_close,
};
