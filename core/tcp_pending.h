// How much of what a TCP connection was given to send its other side has not acknowledged.
#ifndef BTSHARE_TCP_PENDING_H
#define BTSHARE_TCP_PENDING_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Asks the kernel (sock_diag(7)) about the connection between two addresses of one family
// (sockaddr_in or sockaddr_in6). Any thread, some microseconds. False where the kernel cannot tell,
// or the connection is none any more, as after a reset.
bool bt_tcp_pending(const struct sockaddr *local, const struct sockaddr *remote, uint32_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
