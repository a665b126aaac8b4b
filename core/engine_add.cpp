// How a share becomes a torrent of the session.
#include "engine_internal.hpp"

#include "engine_torrent.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/extensions/ut_metadata.hpp>
#include <libtorrent/extensions/ut_pex.hpp>
#include <libtorrent/torrent_flags.hpp>
#include <libtorrent/torrent_info.hpp>
#include <linux/openat2.h>

namespace bt {

content::hash hash_of(const lt::sha1_hash &name) {
  content::hash hash;
  std::copy_n(name.data(), hash.size(), hash.begin());
  return hash;
}

bool check_free(const bt_engine *engine, const lt::sha1_hash &name, const char *info_hash,
                bt_error *error) {
  auto found = engine->torrents.find(name);
  if (found == engine->torrents.end()) return true;
  if (found->second.content->is_removed)
    return bt_fail(error, BT_BUSY, "%s: is being removed", info_hash);
  return bt_fail(error, BT_EXISTS, "%s: is there already", info_hash);
}

namespace {

constexpr size_t manifest_limit = UINT32_MAX; // see share

lt::torrent_flags_t flags_of(const bt_share *share) {
  using namespace lt::torrent_flags;
  // upload_mode: libtorrent must not even ask for a piece. Neither auto_managed, which would end
  // upload mode by itself, nor paused.
  lt::torrent_flags_t flags = seed_mode | upload_mode | update_subscribe | apply_ip_filter;
  if (!share->is_public) flags |= disable_dht | disable_lsd | disable_pex;
  return flags;
}

// Shares below one root hold one descriptor together. The root itself may be reached through
// links; beneath it nothing may.
std::shared_ptr<const descriptor> open_root(bt_engine *engine, const char *path, bt_error *error) {
  std::weak_ptr<const descriptor> &known = engine->roots[path];
  std::shared_ptr<const descriptor> root = known.lock();
  if (root) return root;
  int number = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) {
    bt_fail_errno(error, errno, "%s", path);
    engine->roots.erase(path);
    return nullptr;
  }
  root = std::make_shared<const descriptor>(number);
  known = root;
  return root;
}

bool check_share(const bt_share *share, lt::sha1_hash &name, bt_error *error) {
  if (!read_hex(share->info_hash, name.data(), lt::sha1_hash::size()))
    return bt_fail(error, BT_INVALID, "%.80s: no info-hash", share->info_hash);
  if (share->manifest_length > manifest_limit)
    return bt_fail(error, BT_INVALID, "manifest: larger than 4 GiB");
  if (*share->base && (strchr(share->base, '/') || !strcmp(share->base, "..")))
    return bt_fail(error, BT_INVALID, "%s: base is no name of a folder", share->base);
  return bt_manifest_check(share->manifest, share->manifest_length, nullptr, nullptr, error);
}

// What becomes a torrent as soon as the worker has read its bytes.
struct addition {
  std::shared_ptr<bt::share> share;
  std::string torrent;
  bool is_folder;
  lt::add_torrent_params parameters;
};

// The storage finds a hybrid's share by either of its hashes.
share::hash other_hash(const lt::info_hash_t &hashes, const share &of) {
  return hashes.has_v2() ? hash_of(lt::sha1_hash(hashes.v2.data())) : of.info_hash;
}

// On the worker. False too where it is not wanted any more.
bool hand_over(addition &added, shelf &shelf, lt::session &session, bt_error *error) {
  std::shared_ptr<lt::torrent_info> info =
      load_torrent({added.torrent.data(), added.torrent.size()}, error);
  if (!info) return false;
  added.torrent = {};
  if (hash_of(name_of(info->info_hashes())) != added.share->info_hash)
    return bt_fail(error, BT_INVALID, "torrent: has another info-hash");
  if (!check_files(info->orig_files(), added.share->manifest(), added.is_folder, error))
    return false;
  if (added.share->is_removed) return bt_fail(error, BT_GONE, "torrent: was removed");
  shelf.offer(added.share, other_hash(info->info_hashes(), *added.share));
  added.parameters.ti = std::move(info);
  session.async_add_torrent(std::move(added.parameters));
  return true;
}

// On the worker: what cannot be added is told as libtorrent's own refusals are.
void add_now(addition &added, bt_engine &engine) {
  bt_error error;
  if (guard(&error, [&] { return hand_over(added, *engine.shelf, *engine.session, &error); }))
    return;
  event failed(BT_EVENT_ADD_FAILED, lt::sha1_hash(added.share->info_hash.data()));
  failed.message = error.message;
  engine.events.push(std::move(failed));
}

lt::add_torrent_params make_parameters(const bt_share *added, event_queue *events,
                                       const lt::sha1_hash &name, const torrent &entry) {
  lt::add_torrent_params parameters;
  parameters.save_path = "/"; // our disk goes by the manifest
  parameters.flags = flags_of(added);
  // disable_pex alone would still offer peers an exchange.
  parameters.extensions.emplace_back(lt::create_ut_metadata_plugin);
  parameters.extensions.emplace_back(watch_connections(events, name, entry.connections));
  if (added->is_public) parameters.extensions.emplace_back(lt::create_ut_pex_plugin);
  parameters.extensions.emplace_back(
      [entrance = entry.door](const lt::torrent_handle &, lt::client_data_t) {
        return make_doorkeeper(entrance);
      });
  parameters.upload_limit = added->up_limit > 0 ? added->up_limit : -1;
  parameters.trackers.assign(added->trackers, added->trackers + added->tracker_count);
  return parameters;
}

} // namespace
} // namespace bt

using namespace bt;

bool bt_engine_add(bt_engine *engine, const bt_share *added, bt_error *error) {
  return guard(error, [&] {
    lt::sha1_hash name;
    if (!check_share(added, name, error)) return false;
    if (!check_free(engine, name, added->info_hash, error)) return false;
    std::shared_ptr<const descriptor> root = open_root(engine, added->root, error);
    if (!root) return false;

    auto task = std::make_shared<addition>(); // shared, as a std::function must be copyable
    task->share = std::make_shared<share>(hash_of(name), root, added->base,
                                          std::string(added->manifest, added->manifest_length));
    task->torrent.assign(added->torrent, added->torrent_length);
    task->is_folder = *added->base != 0;
    torrent &entry = engine->torrents[name];
    entry.content = task->share;
    entry.door = std::make_shared<door>();
    entry.connections = std::make_shared<open_connections>();
    task->parameters = make_parameters(added, &engine->events, name, entry);
    engine->worker->run([task, engine] { add_now(*task, *engine); });
    // libtorrent drops alerts when thousands wait; a caller that adds so many does not come back
    // to bt_engine_next in between.
    take_alerts(*engine);
    return true;
  });
}
