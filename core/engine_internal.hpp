// What the files of the engine share: its state, its queue of events, and the guard at the border.
#ifndef BT_ENGINE_INTERNAL_HPP
#define BT_ENGINE_INTERNAL_HPP

#include "engine.h"
#include "engine_disk.hpp"
#include "engine_door.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <libtorrent/alert.hpp>
#include <libtorrent/client_data.hpp>
#include <libtorrent/session.hpp>
#include <libtorrent/settings_pack.hpp>
#include <libtorrent/sha1_hash.hpp>
#include <libtorrent/socket.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_info.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bt {

namespace lt = libtorrent;

// Runs `action` and turns what it throws into `error`: nothing thrown gets out to C.
template <typename Action> bool guard(bt_error *error, Action action) noexcept {
  try {
    return action();
  } catch (const std::bad_alloc &) {
    return bt_fail(error, BT_FULL, "engine: no memory");
  } catch (const std::exception &problem) {
    return bt_fail(error, BT_FAILED, "engine: %s", problem.what());
  } catch (...) {
    return bt_fail(error, BT_FAILED, "engine: unknown failure");
  }
}

// A torrent's name in BTshare: its v1 hash, or the first 20 bytes of its v2 hash.
lt::sha1_hash name_of(const lt::info_hash_t &hashes);
void write_hex(const char *bytes, size_t length, char *digits); // terminated
bool read_hex(const char *digits, char *bytes, size_t length);  // exactly 2 * length digits

// libtorrent's counters are signed.
inline uint64_t unsigned_of(int64_t number) {
  return number < 0 ? 0 : static_cast<uint64_t>(number);
}

// A bt_event with what it points to. face is filled in when it is handed out.
struct event {
  bt_event face = {};
  std::string address, path, message;
  std::vector<bt_torrent_progress> torrents;
  std::vector<bt_peer> peers;
  std::vector<uint32_t> given, lacking;
  std::vector<char> data;
  std::vector<bt_download_file> files;
  std::deque<std::string> file_paths;           // what they point to
  std::shared_ptr<const lt::torrent_info> info; // of BT_EVENT_METADATA

  explicit event(bt_event_type type) {
    face.type = type;
  }
  event(bt_event_type type, const lt::sha1_hash &torrent) : event(type) {
    write_hex(torrent.data(), lt::sha1_hash::size(), face.info_hash);
  }
};

class event_queue;

// The connections of a share that are open, and the payload bytes that went out through each:
// libtorrent counts those of an address's earlier connections with them.
class open_connections {
public:
  using counter = std::shared_ptr<std::atomic<int64_t>>;

  counter open(const lt::tcp::endpoint &peer);
  void close(const lt::tcp::endpoint &peer, const counter &opened);

  // Pushes BT_EVENT_PEERS with those that are open still: none of them can end before it is told.
  void push(event_queue &events, event made,
            const std::vector<std::pair<lt::tcp::endpoint, bt_peer>> &peers);

private:
  std::mutex mutex_;
  std::map<lt::tcp::endpoint, counter> counters_;
};

// A torrent from bt_engine_add or bt_engine_download to BT_EVENT_REMOVED.
struct torrent {
  lt::torrent_handle handle; // invalid until libtorrent has added it
  std::shared_ptr<bt::content> content;
  std::shared_ptr<bt::door> door;                // of a share
  std::shared_ptr<open_connections> connections; // of a share
  std::shared_ptr<bt::download> download;        // the content where it is one
  std::shared_ptr<const lt::torrent_info> info;  // of a download, once its metadata was told
  std::vector<lt::tcp::endpoint> peers;          // of a download: to be called once it is added
  std::deque<event> flushing; // of a download: to be told when what was received so far is written
  bool is_patient = false;    // of a download: see be_patient
};

// The queue between libtorrent's, the disk's and our own thread, and the owner's.
class event_queue {
public:
  event_queue(void (*call)(void *), void *context) : wake_(call), context_(context) {}

  void wake(); // on any thread
  void push(event happened);
  bool pop(event &next);

  // Connections end on libtorrent's thread, while the alert of their beginning may still wait:
  // whoever takes the ends before the alerts, and pushes them after those, keeps the order.
  void push_end(event left);
  std::deque<event> take_ends();

  void mute(); // no wake after this, none under way

private:
  std::mutex mutex_;
  std::deque<event> events_, ends_;
  void (*wake_)(void *);
  void *context_;
};

// One thread for the calls of libtorrent that wait for its network thread.
class worker {
public:
  worker() : thread_([this] { work(); }) {}
  ~worker();
  void run(std::function<void()> task);

private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool is_stopping_ = false;
  std::thread thread_; // last: starts when the rest is there
};

// Takes it out of the session; of a download, `flags` say what goes with it.
void remove_from(lt::session &session, const torrent &removed, lt::remove_flags_t flags = {});

// Payload counters of the session when rates were taken last, and these: of a second or more,
// however often they are asked for.
struct traffic {
  int64_t sent = 0, received = 0;
  lt::clock_type::time_point at = {};
  uint64_t up_rate = 0, down_rate = 0;
};

lt::settings_pack make_settings(const bt_engine_options &options);
// Has the session's limits hold for peers of the local network too, which libtorrent exempts.
void limit_local_peers(lt::session &session);

// Adds to `pack`; false with BT_INVALID for the first that does not fit.
bool add_settings(lt::settings_pack &pack, const bt_setting *settings, size_t count,
                  bt_error *error);

// Pops libtorrent's alerts, which die at the next pop, and handles each.
void take_alerts(bt_engine &engine);

// Adds to `told` the files but pad files. `done` and `wanted` may be empty: nothing, and all.
void add_files(event &told, const lt::file_storage &files, const std::vector<int64_t> &done,
               const std::vector<lt::download_priority_t> &wanted);

// What libtorrent says of downloads; false for an alert that concerns no download.
bool handle_download_alert(bt_engine &engine, const lt::alert *alert);
// A download has been added: its metadata is told where it is known.
void begin_download(bt_engine &engine, const lt::sha1_hash &name, torrent &added);

// The torrent of that name; nullptr and BT_MISSING where there is none.
torrent *find(bt_engine *engine, const char *info_hash, bt_error *error);
// As find, for what needs libtorrent to have added it.
torrent *find_added(bt_engine *engine, const char *info_hash, bt_error *error);
bool check_free(const bt_engine *engine, const lt::sha1_hash &name, const char *info_hash,
                bt_error *error);
content::hash hash_of(const lt::sha1_hash &name);

// Turns an alert into an event and follows what it says about torrents.
void handle_alert(bt_engine &engine, const lt::alert *alert);

// Has the end of each connection of a torrent told, with the last that was known of the peer.
using torrent_extension = std::function<std::shared_ptr<lt::torrent_plugin>(
    const lt::torrent_handle &, lt::client_data_t)>;
torrent_extension watch_connections(event_queue *events, const lt::sha1_hash &name,
                                    const std::shared_ptr<open_connections> &open);

// Keeps count of the web seeds of a download.
torrent_extension count_web_seeds(const std::shared_ptr<download> &counted);

// BT_EVENT_PEERS; of a share (`open`) never after the end of one that it names. Waits for the
// network thread.
void push_peers(event_queue &events, const lt::sha1_hash &name, const lt::torrent_handle &handle,
                const std::shared_ptr<open_connections> &open, bool with_pieces);

} // namespace bt

// Members belong to the owner's thread unless they look after themselves.
struct bt_engine {
  explicit bt_engine(const bt_engine_options &options)
      : events(options.wake, options.context), worker(std::make_unique<bt::worker>()) {}

  bt::event_queue events;
  std::shared_ptr<bt::shelf> shelf;
  std::unique_ptr<bt::worker> worker;
  std::unordered_map<libtorrent::sha1_hash, bt::torrent> torrents;
  bt::event current{BT_EVENT_OVERFLOW}; // what bt_engine_next gave last
  std::vector<libtorrent::alert *> alerts;
  bt::traffic traffic;
  int max_failcount = 0; // as it is set; see be_patient
  std::map<std::string, std::weak_ptr<const bt::descriptor>> roots;
  std::vector<bt_setting> settings; // what bt_engine_settings gave last
  std::deque<std::string> setting_texts;
  // Last, so first to go: its threads use the members above.
  std::unique_ptr<libtorrent::session> session;
};

#endif
