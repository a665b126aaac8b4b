// Listening sockets for HTTP: bound to an address, or to a path that only its owner may use.
//
// Threads: any; no state.
#ifndef BT_HTTP_SOCKET_H
#define BT_HTTP_SOCKET_H

#include "error.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

// The addresses that we meet.
typedef union {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
  struct sockaddr_un local;
  struct sockaddr_storage storage;
} bt_address;

// Listens on a literal, IPv6 without IPv4; `bound` gets what the system chose. The descriptor is
// the caller's; negative on failure.
int bt_socket_listen(const char *literal, uint16_t port, bt_address *bound, bt_error *error);

// Listens on a Unix socket of mode 0600. A socket that nobody answers on is replaced; any other
// file is left alone (BT_EXISTS).
int bt_socket_listen_local(const char *path, bt_error *error);

// Whether the process at the other end is ours or root's (SO_PEERCRED, unix(7)).
bool bt_socket_is_own_peer(int fd);

// Writes the literal of `address`, "" if it is not of the internet, and returns its port.
uint16_t bt_socket_name(const bt_address *address, char name[INET6_ADDRSTRLEN]);

bool bt_socket_is_loopback(const bt_address *address);

#endif
