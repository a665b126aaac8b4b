// Turns peers away: when they shake hands, and within a second while they are connected.
#include "engine_door.hpp"

#include "engine_internal.hpp"

#include <cstring>
#include <libtorrent/bdecode.hpp>
#include <libtorrent/peer_connection_handle.hpp>

namespace bt {

void door::refuse(std::set<lt::peer_id> ids, std::set<lt::tcp::endpoint> endpoints,
                  std::optional<std::set<lt::address>> only) {
  std::lock_guard<std::mutex> lock(mutex_);
  ids_ = std::move(ids);
  endpoints_ = std::move(endpoints);
  only_ = std::move(only);
  is_open_ = ids_.empty() && endpoints_.empty() && !only_;
}

bool door::is_closed_to(const lt::peer_id &id) const {
  if (is_open_) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  return ids_.count(id) != 0;
}

bool door::is_closed_to(const lt::tcp::endpoint &endpoint) const {
  if (is_open_) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  return endpoints_.count(endpoint) != 0 || (only_ && only_->count(endpoint.address()) == 0);
}

namespace {

// Lives as long as one connection. All of it runs on libtorrent's network thread.
class usher : public lt::peer_plugin {
public:
  usher(std::shared_ptr<const door> kept, lt::peer_connection_handle peer)
      : door_(std::move(kept)), peer_(std::move(peer)) {}

  // The peer has told its id.
  bool on_handshake(lt::span<const char>) override {
    check();
    return true;
  }

  // `p` is the port at which the peer listens (BEP 10): one that called us is known by it.
  bool on_extension_handshake(const lt::bdecode_node &told) override {
    if (told.type() != lt::bdecode_node::dict_t) return true;
    int64_t port = told.dict_find_int_value("p");
    if (port > 0 && port <= UINT16_MAX) listens_at_ = static_cast<uint16_t>(port);
    check();
    return true;
  }

  void tick() override {
    check();
  }

private:
  void check() {
    if (peer_.is_disconnecting()) return;
    const lt::tcp::endpoint &remote = peer_.remote();
    uint16_t port = peer_.is_outgoing() ? remote.port() : listens_at_;
    if (door_->is_closed_to(peer_.pid()) || door_->is_closed_to({remote.address(), port}))
      peer_.disconnect(lt::errors::make_error_code(lt::errors::torrent_removed),
                       lt::operation_t::bittorrent);
  }

  std::shared_ptr<const door> door_;
  lt::peer_connection_handle peer_;
  uint16_t listens_at_ = 0;
};

class doorkeeper : public lt::torrent_plugin {
public:
  explicit doorkeeper(std::shared_ptr<const door> kept) : door_(std::move(kept)) {}

  std::shared_ptr<lt::peer_plugin> new_connection(const lt::peer_connection_handle &peer) override {
    return std::make_shared<usher>(door_, peer);
  }

private:
  std::shared_ptr<const door> door_;
};

} // namespace

std::shared_ptr<lt::torrent_plugin> make_doorkeeper(std::shared_ptr<const door> kept) {
  return std::make_shared<doorkeeper>(std::move(kept));
}

} // namespace bt

using namespace bt;

bool bt_engine_refuse(bt_engine *engine, const char *info_hash, const bt_visitor *visitors,
                      size_t count, const char *const *only, size_t only_count, bt_error *error) {
  return guard(error, [&] {
    lt::sha1_hash name;
    bool is_name = read_hex(info_hash, name.data(), lt::sha1_hash::size());
    auto found = is_name ? engine->torrents.find(name) : engine->torrents.end();
    if (found == engine->torrents.end() || !found->second.door)
      return !!bt_fail(error, BT_MISSING, "%.40s: no such torrent", info_hash);
    std::set<lt::peer_id> ids;
    std::set<lt::tcp::endpoint> endpoints;
    for (size_t i = 0; i < count; i++) {
      const bt_visitor &visitor = visitors[i];
      if (visitor.id) ids.insert(lt::peer_id(visitor.id));
      lt::error_code problem;
      lt::address address = boost::asio::ip::make_address(visitor.address, problem);
      if (!problem && visitor.port != 0) endpoints.insert({address, visitor.port});
    }
    std::optional<std::set<lt::address>> admitted;
    if (only) admitted.emplace();
    for (size_t i = 0; only && i < only_count; i++) {
      lt::error_code problem;
      lt::address address = boost::asio::ip::make_address(only[i], problem);
      if (!problem) admitted->insert(address);
    }
    found->second.door->refuse(std::move(ids), std::move(endpoints), std::move(admitted));
    return true;
  });
}
