// The gate's view of Host: which names and addresses are ours.
#include "http_gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

enum { bad_request = 400, misdirected = 421 };

// Cuts ":port" off. What is left is a name or a literal in its brackets.
static bool split_port(const char *host, size_t length, size_t *name_length) {
  const char *bracket = length && host[0] == '[' ? memchr(host, ']', length) : NULL;
  if (length && host[0] == '[' && !bracket) return false;
  size_t end = bracket ? (size_t)(bracket - host) + 1 : 0;
  if (!bracket)
    while (end < length && host[end] != ':')
      end++;
  *name_length = end;
  if (end == 0) return false;
  if (end == length) return true;
  if (host[end] != ':' || length - end > 6) return false;
  unsigned port = 0;
  for (size_t i = end + 1; i < length; i++) {
    if (host[i] < '0' || host[i] > '9') return false;
    port = port * 10 + (unsigned)(host[i] - '0');
  }
  return port <= 65535;
}

static bool is_name(const char *name, size_t length) {
  for (size_t i = 0; i < length; i++) {
    char byte = name[i];
    bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                 (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_';
    if (!plain) return false;
  }
  return length <= 253;
}

// An address as 16 bytes, IPv4 in its mapped form, so that both have one comparison.
static bool read_literal(const char *name, size_t length, struct in6_addr *address) {
  char text[INET6_ADDRSTRLEN + 1];
  bool brackets = name[0] == '[';
  if (brackets) {
    name++;
    length -= 2;
  }
  if (length == 0 || length >= sizeof text) return false;
  memcpy(text, name, length);
  text[length] = 0;
  if (brackets) return inet_pton(AF_INET6, text, address) == 1;
  memset(address, 0, sizeof *address);
  address->s6_addr[10] = address->s6_addr[11] = 0xff;
  return inet_pton(AF_INET, text, address->s6_addr + 12) == 1;
}

static bool is_same_address(const struct in6_addr *address, const struct sockaddr *local) {
  if (!local) return false;
  if (local->sa_family == AF_INET6) {
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)local;
    return memcmp(address, &six->sin6_addr, sizeof *address) == 0;
  }
  if (local->sa_family != AF_INET || !IN6_IS_ADDR_V4MAPPED(address)) return false;
  const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)local;
  return memcmp(address->s6_addr + 12, &four->sin_addr, 4) == 0;
}

// Unspecified, multicast and link-local addresses are nobody's to be reached at from a page.
static bool is_sensible(const struct in6_addr *address) {
  if (IN6_IS_ADDR_V4MAPPED(address)) {
    const uint8_t *bytes = address->s6_addr + 12;
    return bytes[0] != 0 && bytes[0] < 224 && !(bytes[0] == 169 && bytes[1] == 254);
  }
  return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_MULTICAST(address) &&
         !IN6_IS_ADDR_LINKLOCAL(address);
}

static bool is_localhost(const char *name, size_t length) {
  static const char localhost[] = "localhost";
  size_t own = sizeof localhost - 1;
  if (length < own || strncasecmp(name + length - own, localhost, own) != 0) return false;
  return length == own || (length > own + 1 && name[length - own - 1] == '.');
}

static bool is_listed(const char *name, size_t length, const bt_gate_hosts *hosts) {
  for (size_t i = 0; i < hosts->name_count; i++)
    if (strlen(hosts->names[i]) == length && strncasecmp(hosts->names[i], name, length) == 0)
      return true;
  return false;
}

int bt_gate_check_host(const char *host, size_t length, const bt_gate_hosts *hosts) {
  size_t name_length;
  if (!split_port(host, length, &name_length)) return bad_request;
  struct in6_addr address;
  if (read_literal(host, name_length, &address)) {
    if (hosts->any_name || is_same_address(&address, hosts->local) ||
        is_listed(host, name_length, hosts))
      return bt_gate_open;
    return hosts->any_literal && is_sensible(&address) ? bt_gate_open : misdirected;
  }
  if (!is_name(host, name_length)) return bad_request;
  if (hosts->any_name || is_listed(host, name_length, hosts)) return bt_gate_open;
  return hosts->loopback && is_localhost(host, name_length) ? bt_gate_open : misdirected;
}
