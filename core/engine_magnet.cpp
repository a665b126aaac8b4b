// Magnet links (BEP 9, BEP 52).
#include "engine.h"

#include <cstdio>
#include <cstring>
#include <string>

namespace {

// Writes as snprintf does: what does not fit is counted only.
class writer {
public:
  writer(char *text, size_t size) : text_(text), size_(size) {}

  void add(char character) {
    if (length_ + 1 < size_) text_[length_] = character;
    length_++;
  }

  void add(const char *text) {
    while (*text)
      add(*text++);
  }

  // Percent-encodes all but RFC 3986's unreserved characters and those in `also`.
  void encode(const char *text, const char *also) {
    for (; *text; text++) {
      unsigned char byte = static_cast<unsigned char>(*text);
      if (is_unreserved(byte) || strchr(also, byte)) {
        add(*text);
        continue;
      }
      add('%');
      add("0123456789ABCDEF"[byte >> 4]);
      add("0123456789ABCDEF"[byte & 15]);
    }
  }

  // One parameter, after "magnet:?" or "&".
  void parameter(const char *name) {
    add(is_first_ ? "magnet:?" : "&");
    add(name);
    is_first_ = false;
  }

  size_t finish() {
    if (size_) text_[length_ < size_ ? length_ : size_ - 1] = 0;
    return length_;
  }

private:
  static bool is_unreserved(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || strchr("-._~", byte);
  }

  char *text_;
  size_t size_;
  size_t length_ = 0;
  bool is_first_ = true;
};

} // namespace

size_t bt_magnet_write(const bt_magnet *magnet, char *uri, size_t size) {
  writer out(uri, size);
  if (magnet->info_hash) {
    out.parameter("xt=urn:btih:");
    out.add(magnet->info_hash);
  }
  if (magnet->info_hash_v2) {
    out.parameter("xt=urn:btmh:1220"); // multihash: SHA-256, 32 bytes
    out.add(magnet->info_hash_v2);
  }
  out.parameter("dn=");
  out.encode(magnet->name, "");
  for (size_t i = 0; i < magnet->tracker_count; i++) {
    out.parameter("tr=");
    out.encode(magnet->trackers[i], "");
  }
  for (size_t i = 0; i < magnet->peer_count; i++) {
    out.parameter("x.pe=");
    out.encode(magnet->peers[i], ":[]"); // libtorrent does not decode these
  }
  for (size_t i = 0; i < magnet->web_seed_count; i++) {
    out.parameter("ws=");
    out.encode(magnet->web_seeds[i], "");
  }
  return out.finish();
}
