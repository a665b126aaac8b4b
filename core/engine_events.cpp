// From libtorrent's alerts to our events, and the queue they wait in.
#include "engine_internal.hpp"

#include <algorithm>
#include <cstring>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/session_stats.hpp>
#include <libtorrent/torrent_info.hpp>
#include <libtorrent/torrent_status.hpp>

namespace bt {

// ---- the queue

void event_queue::wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (wake_) wake_(context_);
}

void event_queue::push(event happened) {
  std::lock_guard<std::mutex> lock(mutex_);
  events_.push_back(std::move(happened));
  if (wake_) wake_(context_);
}

void event_queue::push_end(event left) {
  std::lock_guard<std::mutex> lock(mutex_);
  ends_.push_back(std::move(left));
  if (wake_) wake_(context_);
}

std::deque<event> event_queue::take_ends() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(ends_, {});
}

bool event_queue::pop(event &next) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (events_.empty()) return false;
  next = std::move(events_.front());
  events_.pop_front();
  return true;
}

void event_queue::mute() {
  std::lock_guard<std::mutex> lock(mutex_);
  wake_ = nullptr;
}

namespace {

event at_address(event made, const lt::address &address, int port) {
  made.address = address.to_string();
  made.face.port = static_cast<uint16_t>(port);
  return made;
}

const char *protocol_of(lt::socket_type_t type) {
  bool is_utp = type == lt::socket_type_t::utp || type == lt::socket_type_t::utp_ssl;
  return is_utp ? "utp" : "tcp";
}

// ---- torrents

torrent *find(bt_engine &engine, const lt::sha1_hash &name) {
  auto found = engine.torrents.find(name);
  return found == engine.torrents.end() ? nullptr : &found->second;
}

void handle_added(bt_engine &engine, const lt::add_torrent_alert &alert) {
  lt::sha1_hash name =
      name_of(alert.params.ti ? alert.params.ti->info_hashes() : alert.params.info_hashes);
  torrent *added = find(engine, name);
  if (alert.error) {
    event failed(BT_EVENT_ADD_FAILED, name);
    failed.message = alert.error.message();
    engine.events.push(std::move(failed));
    return;
  }
  if (added) added->handle = alert.handle;
  if (!added || added->content->is_removed) {
    if (added)
      remove_from(*engine.session, *added);
    else
      engine.session->remove_torrent(alert.handle);
    return;
  }
  if (added->content->is_paused) added->handle.pause();
  engine.events.push(event(BT_EVENT_ADDED, name));
  if (added->download) begin_download(engine, name, *added);
}

void handle_removed(bt_engine &engine, const lt::torrent_removed_alert &alert) {
  lt::sha1_hash name = name_of(alert.info_hashes);
  const torrent *removed = find(engine, name);
  if (removed && removed->download) return; // its files come last: handle_download_alert
  engine.torrents.erase(name);
  engine.events.push(event(BT_EVENT_REMOVED, name));
}

const char *state_of(const lt::torrent_status &status) {
  if (status.errc) return "failed";
  if (status.flags & lt::torrent_flags::paused) return "paused";
  switch (status.state) {
  case lt::torrent_status::downloading_metadata:
    return "metadata";
  case lt::torrent_status::downloading:
    return "downloading";
  case lt::torrent_status::finished:
    return "finished";
  case lt::torrent_status::seeding:
    return "seeding";
  default:
    return "checking";
  }
}

uint32_t web_seeds_of(const bt_engine &engine, const lt::sha1_hash &name) {
  auto found = engine.torrents.find(name);
  return found != engine.torrents.end() && found->second.download
             ? found->second.download->web_seeds.load()
             : 0;
}

void handle_updates(bt_engine &engine, const lt::state_update_alert &alert) {
  event progress(BT_EVENT_PROGRESS);
  progress.torrents.reserve(alert.status.size());
  for (const lt::torrent_status &status : alert.status) {
    bt_torrent_progress row = {};
    lt::sha1_hash name = name_of(status.info_hashes);
    write_hex(name.data(), lt::sha1_hash::size(), row.info_hash);
    row.state = state_of(status);
    row.progress = static_cast<double>(status.progress);
    row.up_rate = unsigned_of(status.upload_payload_rate);
    row.down_rate = unsigned_of(status.download_payload_rate);
    row.uploaded = unsigned_of(status.total_payload_upload);
    row.web_seeds = web_seeds_of(engine, name);
    row.peers = static_cast<uint32_t>(status.num_peers);
    row.peers -= std::min(row.peers, row.web_seeds);
    row.seeds = static_cast<uint32_t>(status.num_seeds);
    row.known_peers = static_cast<uint32_t>(status.list_peers);
    row.wanted = unsigned_of(status.total_wanted);
    row.done = unsigned_of(status.total_wanted_done);
    row.downloaded = unsigned_of(status.total_payload_download);
    progress.torrents.push_back(row);
  }
  engine.events.push(std::move(progress));
}

void take_rates(traffic &last, const traffic &now) {
  std::chrono::duration<double> elapsed = now.at - last.at;
  bool is_first = last.at == lt::clock_type::time_point();
  if (!is_first && elapsed.count() < 0.9) return;
  auto rate = [&](int64_t bytes) {
    return is_first ? 0 : static_cast<uint64_t>(static_cast<double>(bytes) / elapsed.count());
  };
  uint64_t up = rate(now.sent - last.sent), down = rate(now.received - last.received);
  last = now;
  last.up_rate = up;
  last.down_rate = down;
}

void handle_stats(bt_engine &engine, const lt::session_stats_alert &alert) {
  auto counters = alert.counters();
  auto counter = [&](const char *name) {
    int index = lt::find_metric_idx(name);
    return index < 0 ? int64_t(0) : counters[index];
  };
  traffic now;
  now.sent = counter("net.sent_payload_bytes");
  now.received = counter("net.recv_payload_bytes");
  now.at = alert.timestamp();
  take_rates(engine.traffic, now);
  event stats(BT_EVENT_STATS);
  stats.face.up_rate = engine.traffic.up_rate;
  stats.face.down_rate = engine.traffic.down_rate;
  stats.face.uploaded = unsigned_of(now.sent);
  stats.face.downloaded = unsigned_of(now.received);
  stats.face.sent = unsigned_of(counter("net.sent_bytes"));
  stats.face.peer_count = static_cast<size_t>(counter("peer.num_peers_connected"));
  engine.events.push(std::move(stats));
}

// ---- peers

// The events of a torrent that is gone have nobody to interest.
void push_of(bt_engine &engine, const lt::peer_alert &alert, event happened) {
  torrent *known = find(engine, name_of(alert.handle.info_hashes()));
  if (!known || known->content->is_removed) return;
  engine.events.push(
      at_address(std::move(happened), alert.endpoint.address(), alert.endpoint.port()));
}

// A torrent's list of peers begins with a max_failcount of 3 whatever is set, and learns another
// only when the setting changes (libtorrent 2.0.8 to 2.0.11). So it changes as soon as there is a
// list.
void be_patient(bt_engine &engine, const lt::sha1_hash &name) {
  torrent *known = find(engine, name);
  if (!known || !known->download || known->is_patient) return;
  known->is_patient = true;
  for (int most : {engine.max_failcount + 1, engine.max_failcount}) {
    lt::settings_pack changed;
    changed.set_int(lt::settings_pack::max_failcount, most);
    engine.session->apply_settings(std::move(changed));
  }
}

void handle_connected(bt_engine &engine, const lt::peer_connect_alert &alert) {
  be_patient(engine, name_of(alert.handle.info_hashes()));
  event connected(BT_EVENT_PEER_CONNECTED, name_of(alert.handle.info_hashes()));
  connected.face.incoming = alert.direction == lt::peer_connect_alert::direction_t::in;
  push_of(engine, alert, std::move(connected));
}

// ---- ports

void handle_listening(bt_engine &engine, const lt::listen_succeeded_alert &alert) {
  event listening(BT_EVENT_LISTENING);
  listening.face.protocol = protocol_of(alert.socket_type);
  engine.events.push(at_address(std::move(listening), alert.address, alert.port));
}

void handle_listen_failed(bt_engine &engine, const lt::listen_failed_alert &alert) {
  event failed(BT_EVENT_LISTEN_FAILED);
  failed.message = alert.error.message();
  engine.events.push(at_address(std::move(failed), alert.address, alert.port));
}

void push_message(bt_engine &engine, event happened, const std::string &message) {
  happened.message = message;
  engine.events.push(std::move(happened));
}

} // namespace

// File errors of shares come from our disk itself, which says each once and never loses one.
void handle_alert(bt_engine &engine, const lt::alert *alert) {
  if (handle_download_alert(engine, alert)) return;
  switch (alert->type()) {
  case lt::add_torrent_alert::alert_type:
    return handle_added(engine, *lt::alert_cast<lt::add_torrent_alert>(alert));
  case lt::torrent_removed_alert::alert_type:
    return handle_removed(engine, *lt::alert_cast<lt::torrent_removed_alert>(alert));
  case lt::state_update_alert::alert_type:
    return handle_updates(engine, *lt::alert_cast<lt::state_update_alert>(alert));
  case lt::session_stats_alert::alert_type:
    return handle_stats(engine, *lt::alert_cast<lt::session_stats_alert>(alert));
  case lt::peer_connect_alert::alert_type:
    return handle_connected(engine, *lt::alert_cast<lt::peer_connect_alert>(alert));
  case lt::listen_succeeded_alert::alert_type:
    return handle_listening(engine, *lt::alert_cast<lt::listen_succeeded_alert>(alert));
  case lt::listen_failed_alert::alert_type:
    return handle_listen_failed(engine, *lt::alert_cast<lt::listen_failed_alert>(alert));
  case lt::external_ip_alert::alert_type: {
    const lt::address &address = lt::alert_cast<lt::external_ip_alert>(alert)->external_address;
    return engine.events.push(at_address(event(BT_EVENT_EXTERNAL_ADDRESS), address, 0));
  }
  case lt::torrent_error_alert::alert_type: {
    auto &failed = *lt::alert_cast<lt::torrent_error_alert>(alert);
    torrent *known = find(engine, name_of(failed.handle.info_hashes()));
    if (!known || known->content->is_removed || known->content->is_broken) return;
    return push_message(engine, event(BT_EVENT_ERROR, name_of(failed.handle.info_hashes())),
                        failed.error.message());
  }
  case lt::alerts_dropped_alert::alert_type:
    return engine.events.push(event(BT_EVENT_OVERFLOW));
  default:
    return;
  }
}

} // namespace bt
