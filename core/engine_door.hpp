// Who is not let into a torrent: peers that came by a link that has ended.
#ifndef BT_ENGINE_DOOR_HPP
#define BT_ENGINE_DOOR_HPP

#include "engine.h"

#include <atomic>
#include <libtorrent/address.hpp>
#include <libtorrent/extensions.hpp>
#include <libtorrent/peer_id.hpp>
#include <libtorrent/socket.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

namespace bt {

// One for each torrent. Threads: the owner's changes it, libtorrent's network thread asks.
class door {
public:
  // Nobody but these is refused from now on, and, with `only`, whoever is at another address.
  void refuse(std::set<libtorrent::peer_id> ids, std::set<libtorrent::tcp::endpoint> endpoints,
              std::optional<std::set<libtorrent::address>> only);

  bool is_closed_to(const libtorrent::peer_id &id) const;
  bool is_closed_to(const libtorrent::tcp::endpoint &endpoint) const;

private:
  std::atomic<bool> is_open_ = true; // to everybody, as nearly all are: no lock then
  mutable std::mutex mutex_;
  std::set<libtorrent::peer_id> ids_;
  std::set<libtorrent::tcp::endpoint> endpoints_;
  std::optional<std::set<libtorrent::address>> only_;
};

// The extension of a torrent that keeps its door.
std::shared_ptr<libtorrent::torrent_plugin> make_doorkeeper(std::shared_ptr<const door> kept);

} // namespace bt

#endif
