// Listening sockets for HTTP.
#include "http_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { backlog = 511 };

static bool read_literal(const char *literal, uint16_t port, bt_address *address,
                         socklen_t *length) {
  memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, literal, &address->four.sin_addr) == 1) {
    address->four.sin_family = AF_INET;
    address->four.sin_port = htons(port);
    *length = sizeof address->four;
    return true;
  }
  if (inet_pton(AF_INET6, literal, &address->six.sin6_addr) != 1) return false;
  address->six.sin6_family = AF_INET6;
  address->six.sin6_port = htons(port);
  *length = sizeof address->six;
  return true;
}

static bool listen_on(int fd, bt_address *address, socklen_t length) {
  int on = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return false;
  if (address->any.sa_family == AF_INET6 &&
      setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
    return false;
  return bind(fd, &address->any, length) == 0 && listen(fd, backlog) == 0 &&
         getsockname(fd, &address->any, &length) == 0;
}

int bt_socket_listen(const char *literal, uint16_t port, bt_address *bound, bt_error *error) {
  socklen_t length;
  if (!read_literal(literal, port, bound, &length)) {
    bt_fail(error, BT_INVALID, "%s: no IP address", literal);
    return -1;
  }
  int fd = socket(bound->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && listen_on(fd, bound, length)) return fd;
  int number = errno;
  bool six = bound->any.sa_family == AF_INET6;
  char name[INET6_ADDRSTRLEN + 10];
  snprintf(name, sizeof name, six ? "[%s]:%u" : "%s:%u", literal, port);
  if (fd >= 0) close(fd);
  if (number == EADDRINUSE)
    bt_fail(error, BT_EXISTS, "%s: address already in use", name);
  else
    bt_fail_errno(error, number, "%s", name);
  return -1;
}

// True when the path is free now: nothing was there, or a socket without anybody behind it.
static bool clear_path(const struct sockaddr_un *address) {
  struct stat found;
  if (lstat(address->sun_path, &found) != 0) return errno == ENOENT;
  errno = EEXIST;
  if (!S_ISSOCK(found.st_mode)) return false;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  bool dead =
      connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
  close(fd);
  errno = EADDRINUSE;
  return dead && (unlink(address->sun_path) == 0 || errno == ENOENT);
}

// Linux gives the file the mode that the socket has when it is bound: no moment with a wider one,
// and the umask, which all threads share, is not touched.
static bool listen_at(int fd, const struct sockaddr_un *address) {
  if (fchmod(fd, 0600) != 0) return false;
  if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0) return false;
  if (listen(fd, backlog) == 0) return true;
  int number = errno;
  unlink(address->sun_path);
  errno = number;
  return false;
}

int bt_socket_listen_local(const char *path, bt_error *error) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    bt_fail(error, BT_INVALID, "%s: longer than the path of a socket may be", path);
    return -1;
  }
  strcpy(address.sun_path, path);
  int fd = -1;
  if (clear_path(&address)) {
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && listen_at(fd, &address)) return fd;
  }
  bt_fail_errno(error, errno, "%s", path);
  if (fd >= 0) close(fd);
  return -1;
}

bool bt_socket_is_own_peer(int fd) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

uint16_t bt_socket_name(const bt_address *address, char name[INET6_ADDRSTRLEN]) {
  name[0] = 0;
  if (address->any.sa_family == AF_INET) {
    inet_ntop(AF_INET, &address->four.sin_addr, name, INET6_ADDRSTRLEN);
    return ntohs(address->four.sin_port);
  }
  if (address->any.sa_family != AF_INET6) return 0;
  inet_ntop(AF_INET6, &address->six.sin6_addr, name, INET6_ADDRSTRLEN);
  return ntohs(address->six.sin6_port);
}

bool bt_socket_is_loopback(const bt_address *address) {
  if (address->any.sa_family == AF_INET) return ntohl(address->four.sin_addr.s_addr) >> 24 == 127;
  return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address->six.sin6_addr);
}
