// Peers of a torrent: what is told of each while it is there, and of the last moment of one that
// leaves.
#include "engine_given.hpp"
#include "engine_internal.hpp"
#include "tcp_pending.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cstring>
#include <libtorrent/error_code.hpp>
#include <libtorrent/extensions.hpp>
#include <libtorrent/peer_connection_handle.hpp>
#include <libtorrent/peer_info.hpp>

namespace bt {
namespace {

const char *encryption_of(const lt::peer_info &peer) {
  if (peer.flags & lt::peer_info::rc4_encrypted) return "rc4";
  return peer.flags & lt::peer_info::plaintext_encrypted ? "handshake" : "none";
}

// How much of each bucket is there, 0 … 255: 255 is all of it, 0 is nothing.
void fill_buckets(bt_peer &row, const lt::typed_bitfield<lt::piece_index_t> &pieces) {
  size_t total = unsigned_of(pieces.size());
  row.bucket_count = std::min(total, sizeof row.buckets);
  for (size_t bucket = 0; bucket < row.bucket_count; bucket++) {
    size_t first = bucket * total / row.bucket_count;
    size_t end = (bucket + 1) * total / row.bucket_count, had = 0;
    for (size_t piece = first; piece < end; piece++)
      had += pieces[lt::piece_index_t(static_cast<int>(piece))];
    row.buckets[bucket] = static_cast<unsigned char>((had * 255 + end - first - 1) / (end - first));
    if (had < end - first && row.buckets[bucket] == 255) row.buckets[bucket] = 254;
  }
}

bt_peer describe(const lt::peer_info &peer, bool with_pieces) {
  bt_peer row = {};
  snprintf(row.address, sizeof row.address, "%s", peer.ip.address().to_string().c_str());
  row.port = peer.ip.port();
  if (!peer.pid.is_all_zeros()) write_hex(peer.pid.data(), lt::peer_id::size(), row.id);
  row.client_length = std::min(peer.client.size(), sizeof row.client);
  memcpy(row.client, peer.client.data(), row.client_length);
  row.progress = peer.progress_ppm / 1e6;
  row.up_rate = unsigned_of(peer.payload_up_speed);
  row.uploaded = unsigned_of(peer.total_upload);
  row.downloaded = unsigned_of(peer.total_download);
  row.encrypted = encryption_of(peer);
  row.protocol = peer.flags & lt::peer_info::utp_socket ? "utp" : "tcp";
  row.incoming = !(peer.flags & lt::peer_info::local_connection);
  if (with_pieces) fill_buckets(row, peer.pieces);
  return row;
}

bool is_there(const lt::peer_info &peer) {
  return !(peer.flags & (lt::peer_info::connecting | lt::peer_info::handshake));
}

// libtorrent hangs up on a peer that has become a seed, as a seed has no use for another.
bool is_between_seeds(const lt::error_code &reason) {
  return reason == lt::errors::upload_upload_connection;
}

// Whether it is known how much of what the system took did not arrive. uTP keeps little back: a
// peer that ends it in order has had nearly all.
bool find_lost(const lt::peer_info &peer, const event &left, int64_t &lost) {
  lost = 0;
  if (peer.flags & lt::peer_info::utp_socket) return left.face.hung_up || left.face.became_seed;
  uint32_t pending = 0;
  bool is_known = bt_tcp_pending(peer.local_endpoint.data(), peer.ip.data(), &pending);
  lost = pending;
  return is_known;
}

// One connection. libtorrent's alert of its end says neither what went through it nor how far the
// peer was, and is not posted for every end. On the network thread.
class connection final : public lt::peer_plugin {
public:
  connection(lt::peer_connection_handle peer, event_queue *events, const lt::sha1_hash &torrent,
             std::shared_ptr<open_connections> open)
      : peer_(std::move(peer)), remote_(peer_.remote()), events_(events), torrent_(torrent),
        open_(std::move(open)), sent_(open_->open(remote_)) {}
  connection(const connection &) = delete;
  connection &operator=(const connection &) = delete;
  ~connection() override {
    open_->close(remote_, sent_);
  }

  void sent_piece(const lt::peer_request &request) override {
    guard(nullptr, [&] { return given_.write(request), true; });
  }

  void sent_payload(int bytes) override {
    given_.send(bytes);
    *sent_ += bytes;
  }

  bool on_have(lt::piece_index_t piece) override {
    given_.tell(piece);
    return false;
  }

  void on_disconnect(const lt::error_code &reason) override {
    open_->close(remote_, sent_);
    guard(nullptr, [&] { return tell_end(reason), true; });
  }

private:
  void tell_end(const lt::error_code &reason) {
    event left(BT_EVENT_PEER_DISCONNECTED, torrent_);
    left.address = remote_.address().to_string();
    left.face.port = remote_.port();
    left.message = reason.message();
    left.face.became_seed = is_between_seeds(reason);
    left.face.hung_up = reason == boost::asio::error::eof;
    lt::peer_info last;
    peer_.get_peer_info(last);
    if (is_there(last)) {
      left.peers.push_back(describe(last, false));
      left.peers.back().uploaded = unsigned_of(*sent_);
      left.face.peer_count = 1;
      tell_given(left, last);
    }
    events_->push_end(std::move(left));
  }

  void tell_given(event &left, const lt::peer_info &last) {
    int64_t lost = 0;
    if (!given_.is_any() || !find_lost(last, left, lost)) return;
    std::shared_ptr<const lt::torrent_info> info = peer_.associated_torrent().torrent_file();
    if (!info) return;
    given_.lose(lost);
    left.given = given_.blocks(*info, last.pieces);
    left.face.is_given_known = true;
    left.face.is_lacking_known = given_.find_lacking(*info, last.pieces, left.lacking);
  }

  lt::peer_connection_handle peer_;
  lt::tcp::endpoint remote_;
  event_queue *events_; // outlives the session
  lt::sha1_hash torrent_;
  std::shared_ptr<open_connections> open_;
  open_connections::counter sent_;
  given given_;
};

class connections final : public lt::torrent_plugin {
public:
  connections(event_queue *events, const lt::sha1_hash &torrent,
              std::shared_ptr<open_connections> open)
      : events_(events), torrent_(torrent), open_(std::move(open)) {}

  std::shared_ptr<lt::peer_plugin> new_connection(const lt::peer_connection_handle &peer) override {
    if (peer.type() != lt::connection_type::bittorrent) return nullptr;
    return std::make_shared<connection>(peer, events_, torrent_, open_);
  }

private:
  event_queue *events_;
  lt::sha1_hash torrent_;
  std::shared_ptr<open_connections> open_;
};

// A connection to a web seed, which libtorrent counts among the peers. On the network thread.
class web_seed final : public lt::peer_plugin {
public:
  explicit web_seed(std::shared_ptr<download> counted) : counted_(std::move(counted)) {}
  web_seed(const web_seed &) = delete;
  web_seed &operator=(const web_seed &) = delete;
  ~web_seed() override {
    if (is_connected_) counted_->web_seeds--;
  }

  void on_connected() override {
    if (!is_connected_) counted_->web_seeds++;
    is_connected_ = true;
  }

private:
  std::shared_ptr<download> counted_;
  bool is_connected_ = false;
};

class web_seeds final : public lt::torrent_plugin {
public:
  explicit web_seeds(std::shared_ptr<download> counted) : counted_(std::move(counted)) {}

  std::shared_ptr<lt::peer_plugin> new_connection(const lt::peer_connection_handle &peer) override {
    if (peer.type() == lt::connection_type::bittorrent) return nullptr;
    return std::make_shared<web_seed>(counted_);
  }

private:
  std::shared_ptr<download> counted_;
};

} // namespace

torrent_extension count_web_seeds(const std::shared_ptr<download> &counted) {
  return [counted](const lt::torrent_handle &, lt::client_data_t) {
    return std::make_shared<web_seeds>(counted);
  };
}

torrent_extension watch_connections(event_queue *events, const lt::sha1_hash &name,
                                    const std::shared_ptr<open_connections> &open) {
  return [events, name, open](const lt::torrent_handle &, lt::client_data_t) {
    return std::make_shared<connections>(events, name, open);
  };
}

open_connections::counter open_connections::open(const lt::tcp::endpoint &peer) {
  auto opened = std::make_shared<std::atomic<int64_t>>(0);
  std::lock_guard<std::mutex> lock(mutex_);
  counters_[peer] = opened;
  return opened;
}

void open_connections::close(const lt::tcp::endpoint &peer, const counter &opened) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = counters_.find(peer);
  if (found != counters_.end() && found->second == opened) counters_.erase(found);
}

void open_connections::push(event_queue &events, event made,
                            const std::vector<std::pair<lt::tcp::endpoint, bt_peer>> &peers) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto &[endpoint, row] : peers) {
    auto found = counters_.find(endpoint);
    if (found == counters_.end()) continue;
    made.peers.push_back(row);
    made.peers.back().uploaded = unsigned_of(*found->second);
  }
  made.face.peer_count = made.peers.size();
  events.push(std::move(made));
}

void push_peers(event_queue &events, const lt::sha1_hash &name, const lt::torrent_handle &handle,
                const std::shared_ptr<open_connections> &open, bool with_pieces) {
  std::vector<lt::peer_info> peers;
  handle.get_peer_info(peers);
  std::vector<std::pair<lt::tcp::endpoint, bt_peer>> rows;
  for (const lt::peer_info &peer : peers)
    if (is_there(peer)) rows.emplace_back(peer.ip, describe(peer, with_pieces));
  event made(BT_EVENT_PEERS, name);
  if (open) return open->push(events, std::move(made), rows);
  for (const auto &[endpoint, row] : rows)
    made.peers.push_back(row);
  made.face.peer_count = made.peers.size();
  events.push(std::move(made));
}

} // namespace bt
