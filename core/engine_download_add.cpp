// How a magnet, a .torrent or resume data becomes a download of the session, and what is asked of
// it.
#include "engine_internal.hpp"

#include "beneath.h"

#include <algorithm>
#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/extensions/ut_metadata.hpp>
#include <libtorrent/extensions/ut_pex.hpp>
#include <libtorrent/load_torrent.hpp>
#include <libtorrent/magnet_uri.hpp>
#include <libtorrent/read_resume_data.hpp>
#include <libtorrent/torrent_flags.hpp>
#include <libtorrent/torrent_info.hpp>

namespace bt {
namespace {

constexpr int token_limit = 2000000;
constexpr size_t most_addresses = 200; // of trackers, web seeds and peers in a link or file

lt::load_torrent_limits limits() {
  lt::load_torrent_limits bounded;
  bounded.max_buffer_size = 4 << 20;
  bounded.max_pieces = 200000;
  bounded.max_decode_tokens = token_limit;
  return bounded;
}

bool load(const bt_download &asked, lt::add_torrent_params &parameters, bt_error *error) {
  lt::error_code problem;
  if (asked.resume) {
    parameters = lt::read_resume_data({asked.resume, static_cast<long>(asked.resume_length)},
                                      problem, limits());
  } else if (asked.magnet) {
    parameters = lt::parse_magnet_uri(asked.magnet, problem);
  } else {
    try {
      parameters = lt::load_torrent_buffer({asked.torrent, static_cast<long>(asked.torrent_length)},
                                           limits());
    } catch (const lt::system_error &thrown) {
      problem = thrown.code();
    }
  }
  const char *what = asked.resume ? "resume data" : asked.magnet ? "magnet" : "torrent";
  if (problem) return bt_fail(error, BT_INVALID, "%s: %s", what, problem.message().c_str());
  std::string reason = parameters.ti ? refuse_files(parameters.ti->files()) : std::string();
  return reason.empty() || bt_fail(error, BT_INVALID, "%s: %s", what, reason.c_str());
}

template <typename List> void cut(List &list) {
  if (list.size() > most_addresses) list.resize(most_addresses);
}

lt::torrent_flags_t flags_of(const bt_download &asked) {
  using namespace lt::torrent_flags;
  lt::torrent_flags_t flags = update_subscribe | apply_ip_filter | need_save_resume;
  if (asked.is_paused) flags |= paused;
  if (asked.is_idle) flags |= upload_mode;
  if (!asked.is_public) flags |= disable_dht | disable_lsd | disable_pex;
  return flags;
}

// Pad files, which nobody chooses, are libtorrent's business.
bool spread(const lt::file_storage &files, const uint8_t *wanted, size_t count,
            std::vector<lt::download_priority_t> &priorities, bt_error *error) {
  size_t next = 0;
  for (lt::file_index_t file : files.file_range()) {
    bool is_pad = files.pad_file_at(file);
    bool is_wanted = is_pad || next >= count || wanted[next];
    priorities.push_back(is_wanted ? lt::default_priority : lt::dont_download);
    if (!is_pad) next++;
  }
  return next == count ||
         bt_fail(error, BT_INVALID, "files: the torrent has %zu, not %zu", next, count);
}

// What the link, the file or former data say about how to be added is not theirs to say.
bool prepare(const bt_download &asked, const download &made, lt::add_torrent_params &parameters,
             bt_error *error) {
  parameters.save_path = made.save_path;
  parameters.flags = flags_of(asked);
  parameters.renamed_files.clear();
  parameters.storage_mode = lt::storage_mode_sparse;
  parameters.max_connections = parameters.max_uploads = -1;
  parameters.upload_limit = asked.up_limit > 0 ? asked.up_limit : -1;
  parameters.download_limit = asked.down_limit > 0 ? asked.down_limit : -1;
  parameters.extensions.emplace_back(lt::create_ut_metadata_plugin);
  if (asked.is_public) parameters.extensions.emplace_back(lt::create_ut_pex_plugin);
  cut(parameters.trackers);
  cut(parameters.url_seeds);
  cut(parameters.peers);
  cut(parameters.dht_nodes);
  if (!asked.wanted) return true;
  if (!parameters.ti)
    return bt_fail(error, BT_INVALID, "files: cannot be chosen before their names are known");
  parameters.file_priorities.clear();
  parameters.piece_priorities.clear();
  return spread(parameters.ti->files(), asked.wanted, asked.wanted_count,
                parameters.file_priorities, error);
}

// As find_added, for downloads.
torrent *find_download(bt_engine *engine, const char *info_hash, bt_error *error) {
  torrent *found = find_added(engine, info_hash, error);
  if (!found || found->download) return found;
  bt_fail(error, BT_MISSING, "%.40s: is no download", info_hash);
  return nullptr;
}

// On the worker's thread.
event describe_files(const lt::sha1_hash &name, const lt::torrent_handle &handle) {
  event told(BT_EVENT_FILES, name);
  std::shared_ptr<const lt::torrent_info> info = handle.torrent_file();
  if (!info) return told;
  std::vector<int64_t> done;
  handle.file_progress(done, lt::torrent_handle::piece_granularity);
  add_files(told, info->files(), done, handle.get_file_priorities());
  return told;
}

} // namespace
} // namespace bt

using namespace bt;

bool bt_engine_download(bt_engine *engine, const bt_download *asked,
                        char info_hash[BT_INFO_HASH_SIZE], bt_error *error) {
  return guard(error, [&] {
    lt::add_torrent_params parameters;
    if (!load(*asked, parameters, error)) return false;
    lt::sha1_hash name =
        name_of(parameters.ti ? parameters.ti->info_hashes() : parameters.info_hashes);
    if (name.is_all_zeros()) return !!bt_fail(error, BT_INVALID, "magnet: names no torrent");
    write_hex(name.data(), lt::sha1_hash::size(), info_hash);
    if (!check_free(engine, name, info_hash, error)) return false;

    int number = bt_beneath_root(asked->folder, error);
    if (number < 0) return false;
    auto made = std::make_shared<download>(hash_of(name), std::make_shared<descriptor>(number));
    made->is_known = asked->is_known;
    made->is_paused = asked->is_paused;
    made->is_waiting = asked->is_kept_waiting;
    if (!prepare(*asked, *made, parameters, error)) return false;
    parameters.extensions.emplace_back(count_web_seeds(made));

    torrent &added = engine->torrents[name];
    added.content = added.download = made;
    added.peers = std::exchange(parameters.peers, {});
    engine->shelf->downloads.add(made);
    engine->session->async_add_torrent(std::move(parameters));
    take_alerts(*engine);
    return true;
  });
}

bool bt_engine_set_wanted(bt_engine *engine, const char *info_hash, const uint8_t *wanted,
                          size_t count, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_download(engine, info_hash, error);
    if (!found) return false;
    if (!found->info)
      return !!bt_fail(error, BT_BUSY, "%s: its files are not known yet", info_hash);
    std::vector<lt::download_priority_t> priorities;
    if (!spread(found->info->files(), wanted, count, priorities, error)) return false;
    found->handle.prioritize_files(priorities);
    found->download->is_waiting = false;
    engine->shelf->downloads.release(found->download);
    return true;
  });
}

bool bt_engine_post_files(bt_engine *engine, const char *info_hash, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_download(engine, info_hash, error);
    if (!found) return false;
    lt::sha1_hash name(found->content->info_hash.data());
    engine->worker->run([events = &engine->events, handle = found->handle, name] {
      events->push(describe_files(name, handle));
    });
    return true;
  });
}

bool bt_engine_save(bt_engine *engine, const char *info_hash, bool is_if_changed, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_download(engine, info_hash, error);
    if (!found) return false;
    lt::resume_data_flags_t flags = lt::torrent_handle::save_info_dict;
    if (is_if_changed) flags |= lt::torrent_handle::only_if_modified;
    found->handle.save_resume_data(flags);
    return true;
  });
}

bool bt_engine_recheck(bt_engine *engine, const char *info_hash, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_download(engine, info_hash, error);
    if (!found) return false;
    found->handle.force_recheck();
    return true;
  });
}

bool bt_engine_remove_data(bt_engine *engine, const char *info_hash, bt_error *error) {
  return guard(error, [&] {
    torrent *found = find_download(engine, info_hash, error);
    if (!found) return false;
    found->content->is_removed = true;
    remove_from(*engine->session, *found, lt::session_handle::delete_files);
    return true;
  });
}
