// The torrent engine: a libtorrent session that seeds shares.
#include "engine_internal.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/torrent_flags.hpp>
#include <libtorrent/torrent_info.hpp>
#include <libtorrent/version.hpp>
#include <unistd.h>

namespace bt {

lt::sha1_hash name_of(const lt::info_hash_t &hashes) {
  return hashes.has_v1() || !hashes.has_v2() ? hashes.v1 : lt::sha1_hash(hashes.v2.data());
}

void write_hex(const char *bytes, size_t length, char *digits) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = static_cast<unsigned char>(bytes[i]);
    *digits++ = "0123456789abcdef"[byte >> 4];
    *digits++ = "0123456789abcdef"[byte & 15];
  }
  *digits = 0;
}

namespace {

int digit_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

} // namespace

bool read_hex(const char *digits, char *bytes, size_t length) {
  if (strlen(digits) != 2 * length) return false;
  for (size_t i = 0; i < length; i++) {
    int high = digit_of(digits[2 * i]), low = digit_of(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<char>(high << 4 | low);
  }
  return true;
}

worker::~worker() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_stopping_ = true;
    tasks_.clear();
  }
  changed_.notify_one();
  thread_.join();
}

void worker::run(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void worker::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !tasks_.empty(); });
    if (is_stopping_) return;
    {
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      guard(nullptr, [&] { return task(), true; });
    }
    lock.lock();
  }
}

torrent *find(bt_engine *engine, const char *info_hash, bt_error *error) {
  lt::sha1_hash name;
  if (read_hex(info_hash, name.data(), lt::sha1_hash::size())) {
    auto found = engine->torrents.find(name);
    if (found != engine->torrents.end() && !found->second.content->is_removed)
      return &found->second;
  }
  bt_fail(error, BT_MISSING, "%.40s: no such torrent", info_hash);
  return nullptr;
}

torrent *find_added(bt_engine *engine, const char *info_hash, bt_error *error) {
  torrent *found = find(engine, info_hash, error);
  if (!found || found->handle.is_valid()) return found;
  bt_fail(error, BT_BUSY, "%.40s: is being added", info_hash);
  return nullptr;
}

namespace {

// A torrent that could not be added is forgotten; where it was to be removed, it now is.
bool forget_failed(bt_engine *engine, bt_event &now) {
  lt::sha1_hash name;
  read_hex(now.info_hash, name.data(), lt::sha1_hash::size());
  auto found = engine->torrents.find(name);
  if (found == engine->torrents.end()) return false;
  const torrent &failed = found->second;
  if (failed.content->is_removed) now.type = BT_EVENT_REMOVED;
  if (failed.download)
    engine->shelf->downloads.remove(*failed.download);
  else
    engine->shelf->take(failed.content->info_hash);
  engine->torrents.erase(found);
  return true;
}

// Does what an event says of its torrent, keeps what is known now. False for one of a torrent that
// is no more.
bool follow(bt_engine *engine) {
  bt_event &now = engine->current.face;
  if (now.type == BT_EVENT_ADD_FAILED) return forget_failed(engine, now);
  if (now.type == BT_EVENT_ADDED || now.type == BT_EVENT_PEER_DISCONNECTED)
    return find(engine, now.info_hash, nullptr) != nullptr;
  if (now.type == BT_EVENT_METADATA) {
    torrent *of = find(engine, now.info_hash, nullptr);
    if (of) of->info = engine->current.info;
    return of != nullptr;
  }
  return now.type != BT_EVENT_FILE_ERROR || bt_engine_pause(engine, now.info_hash, nullptr);
}

const bt_event *hand_out(event &now) {
  now.face.address = now.address.c_str();
  now.face.path = now.path.c_str();
  now.face.message = now.message.c_str();
  now.face.torrents = now.torrents.data();
  now.face.torrent_count = now.torrents.size();
  now.face.peers = now.peers.data();
  now.face.given = now.given.data();
  now.face.given_count = now.given.size();
  now.face.lacking = now.lacking.data();
  now.face.lacking_count = now.lacking.size();
  now.face.files = now.files.data();
  now.face.file_count = now.files.size();
  now.face.data = now.data.data();
  now.face.data_length = now.data.size();
  return &now.face;
}

} // namespace

void take_alerts(bt_engine &engine) {
  engine.session->pop_alerts(&engine.alerts);
  for (const lt::alert *alert : engine.alerts)
    handle_alert(engine, alert);
}

} // namespace bt

using namespace bt;

const char *bt_engine_library(void) {
  return lt::version();
}

bt_engine *bt_engine_open(const bt_engine_options *options, bt_error *error) {
  std::unique_ptr<bt_engine> engine;
  bool is_open = guard(error, [&] {
    // No extensions for every torrent: each has those that fit its exposure.
    lt::session_params parameters(make_settings(*options),
                                  std::vector<std::shared_ptr<lt::plugin>>());
    if (!add_settings(parameters.settings, options->settings, options->setting_count, error))
      return false;
    engine = std::make_unique<bt_engine>(*options);
    engine->max_failcount = parameters.settings.get_int(lt::settings_pack::max_failcount);
    event_queue *events = &engine->events;
    engine->shelf = std::make_shared<shelf>(
        [events](const share &which, const std::string &path, const std::string &message) {
          event broken(BT_EVENT_FILE_ERROR, lt::sha1_hash(which.info_hash.data()));
          broken.path = path;
          broken.message = message;
          events->push(std::move(broken));
        });
    engine->shelf->downloads.refused = [events](const download &which, int number,
                                                const std::string &message) {
      event refused(BT_EVENT_DOWNLOAD_ERROR, lt::sha1_hash(which.info_hash.data()));
      bt_error words;
      bt_fail_errno(&words, number, "%s", message.c_str());
      refused.face.code = words.code;
      refused.message = message;
      events->push(std::move(refused));
    };
    parameters.disk_io_constructor = disk_constructor(engine->shelf);
    engine->session = std::make_unique<lt::session>(std::move(parameters));
    limit_local_peers(*engine->session);
    engine->session->set_alert_notify([events] { events->wake(); });
    return true;
  });
  return is_open ? engine.release() : nullptr;
}

const bt_event *bt_engine_next(bt_engine *engine) {
  bool is_there = guard(nullptr, [&] {
    do {
      if (engine->events.pop(engine->current)) continue;
      std::deque<event> ends = engine->events.take_ends();
      take_alerts(*engine);
      for (event &end : ends)
        engine->events.push(std::move(end));
      if (!engine->events.pop(engine->current)) return false;
    } while (!follow(engine));
    return true;
  });
  return is_there ? hand_out(engine->current) : nullptr;
}

bool bt_engine_remove(bt_engine *engine, const char *info_hash, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find(engine, info_hash, error);
    if (!found) return false;
    found->content->is_removed = true;
    if (found->handle.is_valid()) remove_from(*engine->session, *found);
    return true;
  });
}

bool bt_engine_pause(bt_engine *engine, const char *info_hash, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find(engine, info_hash, error);
    if (!found) return false;
    found->content->is_paused = true;
    if (found->handle.is_valid()) found->handle.pause();
    return true;
  });
}

bool bt_engine_resume(bt_engine *engine, const char *info_hash, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find(engine, info_hash, error);
    if (!found) return false;
    found->content->is_broken = false;
    found->content->is_paused = false;
    if (!found->handle.is_valid()) return true;
    found->handle.clear_error();
    if (found->download) found->handle.unset_flags(lt::torrent_flags::upload_mode);
    found->handle.resume();
    return true;
  });
}

bool bt_engine_connect(bt_engine *engine, const char *info_hash, const char *address, uint16_t port,
                       bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_added(engine, info_hash, error);
    if (!found) return false;
    lt::error_code problem;
    lt::address parsed = boost::asio::ip::make_address(address, problem);
    if (problem || port == 0)
      return !!bt_fail(error, BT_INVALID, "%s:%u: no address of a peer", address, port);
    found->handle.connect_peer({parsed, port});
    return true;
  });
}

bool bt_engine_set_limits(bt_engine *engine, const char *info_hash, int up, int down,
                          bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_added(engine, info_hash, error);
    if (!found) return false;
    if (up >= 0) found->handle.set_upload_limit(up);
    if (down >= 0) found->handle.set_download_limit(down);
    return true;
  });
}

bool bt_engine_post_peers(bt_engine *engine, const char *info_hash, bool with_pieces,
                          bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_added(engine, info_hash, error);
    if (!found) return false;
    lt::sha1_hash name(found->content->info_hash.data());
    engine->worker->run([events = &engine->events, handle = found->handle,
                         open = found->connections, name,
                         with_pieces] { push_peers(*events, name, handle, open, with_pieces); });
    return true;
  });
}

void bt_engine_post_updates(bt_engine *engine) {
  guard(nullptr, [&] { return engine->session->post_torrent_updates({}), true; });
}

void bt_engine_post_stats(bt_engine *engine) {
  guard(nullptr, [&] { return engine->session->post_session_stats(), true; });
}

void bt_engine_stop(bt_engine *engine) {
  engine->events.mute();
  guard(nullptr, [&] {
    for (auto &known : engine->torrents)
      known.second.content->is_removed = true;
    engine->session->pause();
    return true;
  });
}

void bt_engine_free(bt_engine *engine) {
  engine->worker.reset(); // its calls need the session's thread
  delete engine;
}
