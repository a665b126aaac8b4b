// What a TCP connection has not got acknowledged, from the kernel's socket diagnosis: the socket's
// number is libtorrent's own.
#include "tcp_pending.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  struct nlmsghdr header;
  struct inet_diag_req_v2 request;
} question;

static void put_endpoint(const struct sockaddr *from, __be16 *port, __be32 *address) {
  if (from->sa_family == AF_INET6) {
    const struct sockaddr_in6 *inet6 = (const struct sockaddr_in6 *)from;
    *port = inet6->sin6_port;
    memcpy(address, &inet6->sin6_addr, sizeof inet6->sin6_addr);
    return;
  }
  const struct sockaddr_in *inet = (const struct sockaddr_in *)from;
  *port = inet->sin_port;
  memcpy(address, &inet->sin_addr, sizeof inet->sin_addr);
}

static bool ask(int channel, const question *asked, uint32_t *bytes) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_msg found;
    char more[1024];
  } answer;
  if (send(channel, asked, sizeof *asked, 0) != (ssize_t)sizeof *asked) return false;
  ssize_t length = recv(channel, &answer, sizeof answer, 0);
  if (length < (ssize_t)(sizeof answer.header + sizeof answer.found)) return false;
  if (answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return false;
  // In its place the kernel may find who listens there.
  if (answer.found.id.idiag_dport != asked->request.id.idiag_dport) return false;
  *bytes = answer.found.idiag_wqueue;
  return true;
}

// libtorrent ties the sockets of an address to its interface, and then that has to be named.
static bool ask_each_interface(int channel, question *asked, uint32_t *bytes) {
  struct if_nameindex *interfaces = if_nameindex();
  if (!interfaces) return false;
  bool is_known = false;
  for (const struct if_nameindex *one = interfaces; !is_known && one->if_index > 0; one++) {
    asked->request.id.idiag_if = one->if_index;
    is_known = ask(channel, asked, bytes);
  }
  if_freenameindex(interfaces);
  return is_known;
}

bool bt_tcp_pending(const struct sockaddr *local, const struct sockaddr *remote, uint32_t *bytes) {
  question asked = {
      .header = {.nlmsg_len = sizeof asked,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST},
      .request = {.sdiag_family = (__u8)local->sa_family,
                  .sdiag_protocol = IPPROTO_TCP,
                  .idiag_states = UINT32_MAX,
                  .id = {.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
  };
  if (local->sa_family != remote->sa_family) return false;
  put_endpoint(local, &asked.request.id.idiag_sport, asked.request.id.idiag_src);
  put_endpoint(remote, &asked.request.id.idiag_dport, asked.request.id.idiag_dst);
  int channel = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
  if (channel < 0) return false;
  bool is_known = ask(channel, &asked, bytes) || ask_each_interface(channel, &asked, bytes);
  close(channel);
  return is_known;
}
