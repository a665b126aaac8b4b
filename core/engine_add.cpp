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

bool check_share(const bt_share *share, bt_error *error) {
  if (share->manifest_length > manifest_limit)
    return bt_fail(error, BT_INVALID, "manifest: larger than 4 GiB");
  if (*share->base && (strchr(share->base, '/') || !strcmp(share->base, "..")))
    return bt_fail(error, BT_INVALID, "%s: base is no name of a folder", share->base);
  return bt_manifest_check(share->manifest, share->manifest_length, nullptr, nullptr, error);
}

} // namespace
} // namespace bt

using namespace bt;

bool bt_engine_add(bt_engine *engine, const bt_share *added, char info_hash[BT_INFO_HASH_SIZE],
                   bt_error *error) {
  return guard(error, [&] {
    if (!check_share(added, error)) return false;
    std::shared_ptr<lt::torrent_info> info =
        load_torrent({added->torrent, added->torrent_length}, error);
    if (!info) return false;
    bt_bytes manifest = {added->manifest, added->manifest_length};
    if (!check_files(info->orig_files(), manifest, *added->base != 0, error)) return false;

    lt::sha1_hash name = name_of(info->info_hashes());
    write_hex(name.data(), lt::sha1_hash::size(), info_hash);
    if (!check_free(engine, name, info_hash, error)) return false;
    std::shared_ptr<const descriptor> root = open_root(engine, added->root, error);
    if (!root) return false;

    lt::info_hash_t hashes = info->info_hashes();
    share::hash hash = hash_of(name);
    share::hash other = hashes.has_v2() ? hash_of(lt::sha1_hash(hashes.v2.data())) : hash;
    auto made = std::make_shared<share>(hash, root, added->base,
                                        std::string(manifest.bytes, manifest.length));
    lt::add_torrent_params parameters;
    parameters.ti = std::move(info);
    parameters.save_path = "/"; // our disk goes by the manifest
    parameters.flags = flags_of(added);
    // disable_pex alone would still offer peers an exchange.
    parameters.extensions.emplace_back(lt::create_ut_metadata_plugin);
    parameters.extensions.emplace_back(watch_connections(&engine->events, name));
    if (added->is_public) parameters.extensions.emplace_back(lt::create_ut_pex_plugin);
    auto entrance = std::make_shared<door>();
    parameters.extensions.emplace_back([entrance](const lt::torrent_handle &, lt::client_data_t) {
      return make_doorkeeper(entrance);
    });
    parameters.upload_limit = added->up_limit > 0 ? added->up_limit : -1;
    parameters.trackers.assign(added->trackers, added->trackers + added->tracker_count);

    engine->torrents[name].content = made;
    engine->torrents[name].door = entrance;
    engine->shelf->offer(made, other);
    engine->session->async_add_torrent(std::move(parameters));
    // libtorrent drops alerts when thousands wait; a caller that adds so many does not come back
    // to bt_engine_next in between.
    take_alerts(*engine);
    return true;
  });
}
