// What libtorrent says of downloads.
#include "engine_internal.hpp"

#include <cerrno>
#include <fcntl.h>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/peer_info.hpp>
#include <libtorrent/pex_flags.hpp>
#include <libtorrent/torrent_info.hpp>
#include <libtorrent/write_resume_data.hpp>
#include <unistd.h>

namespace bt {
void add_files(event &told, const lt::file_storage &files, const std::vector<int64_t> &done,
               const std::vector<lt::download_priority_t> &wanted) {
  told.files.reserve(static_cast<size_t>(files.num_files()));
  for (lt::file_index_t file : files.file_range()) {
    if (files.pad_file_at(file)) continue;
    size_t index = static_cast<size_t>(static_cast<int>(file));
    told.file_paths.push_back(files.file_path(file));
    bt_download_file row = {};
    row.path = told.file_paths.back().c_str();
    row.size = static_cast<uint64_t>(files.file_size(file));
    row.done = index < done.size() ? static_cast<uint64_t>(done[index]) : 0;
    row.is_wanted = index >= wanted.size() || wanted[index] != lt::dont_download;
    told.files.push_back(row);
  }
}

namespace {

// On the worker's thread: asking libtorrent for the metadata waits.
void tell_metadata(event_queue &events, const lt::sha1_hash &name,
                   const lt::torrent_handle &handle) {
  std::shared_ptr<const lt::torrent_info> info = handle.torrent_file();
  if (!info) return;
  event told(BT_EVENT_METADATA, name);
  told.info = info;
  told.message = info->name();
  told.face.is_private = info->priv();
  add_files(told, info->files(), {}, handle.get_file_priorities());
  events.push(std::move(told));
}

void ask_metadata(bt_engine &engine, const lt::sha1_hash &name, const torrent &of) {
  engine.worker->run([events = &engine.events, handle = of.handle, name] {
    tell_metadata(*events, name, handle);
  });
}

bt_code code_of(const lt::error_code &problem) {
  bt_error words = {BT_FAILED, ""};
  auto condition = problem.default_error_condition();
  if (condition.category() == boost::system::generic_category())
    bt_fail_errno(&words, condition.value(), "%s", "");
  return words.code;
}

// Beneath the folder, where the path leads through our descriptor.
std::string beneath(const download &of, const std::string &path) {
  bool is_there = path.compare(0, of.save_path.size() + 1, of.save_path + "/") == 0;
  return is_there ? path.substr(of.save_path.size() + 1) : path;
}

// Said once, until it goes on.
void tell_error(bt_engine &engine, const torrent &of, const lt::error_code &problem,
                const std::string &path) {
  if (of.content->is_removed || of.content->is_broken.exchange(true)) return;
  event told(BT_EVENT_DOWNLOAD_ERROR, lt::sha1_hash(of.content->info_hash.data()));
  told.face.code = code_of(problem);
  told.path = beneath(*of.download, path);
  told.message = problem.message();
  engine.events.push(std::move(told));
}

// libtorrent says what it has received while that may wait to be written still.
void tell_when_written(bt_engine &engine, torrent &of, event told) {
  if (!of.info) return engine.events.push(std::move(told)); // there is nothing to be written
  of.flushing.push_back(std::move(told));
  of.handle.flush_cache();
}

// In the order of tell_when_written. What is told survives a loss of power.
void tell_flushed(bt_engine &engine, torrent &of) {
  if (of.flushing.empty()) return;
  auto told = std::make_shared<event>(std::move(of.flushing.front()));
  of.flushing.pop_front();
  engine.worker->run([events = &engine.events, folder = of.download->folder, told] {
    descriptor opened(openat(folder->number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    syncfs(opened.number());
    events->push(std::move(*told));
  });
}

void tell_resume_data(bt_engine &engine, torrent &of, const lt::sha1_hash &name,
                      const lt::save_resume_data_alert &alert) {
  event told(BT_EVENT_RESUME_DATA, name);
  told.data = lt::write_resume_data_buf(alert.params);
  tell_when_written(engine, of, std::move(told));
}

// The handle of what was removed knows no name any more.
lt::sha1_hash name_in(const lt::alert *alert) {
  if (const auto *deleted = lt::alert_cast<lt::torrent_deleted_alert>(alert))
    return name_of(deleted->info_hashes);
  if (const auto *failed = lt::alert_cast<lt::torrent_delete_failed_alert>(alert))
    return name_of(failed->info_hashes);
  return name_of(static_cast<const lt::torrent_alert *>(alert)->handle.info_hashes());
}

void handle_deleted(bt_engine &engine, const lt::sha1_hash &name, const torrent &of,
                    const lt::error_code &problem) {
  event told(BT_EVENT_REMOVED, name);
  if (problem) told.message = problem.message();
  engine.shelf->downloads.remove(*of.download);
  engine.torrents.erase(name);
  engine.events.push(std::move(told));
}

torrent *find_download(bt_engine &engine, const lt::sha1_hash &name) {
  auto found = engine.torrents.find(name);
  return found != engine.torrents.end() && found->second.download ? &found->second : nullptr;
}

bool concerns_downloads(int type) {
  switch (type) {
  case lt::metadata_received_alert::alert_type:
  case lt::torrent_checked_alert::alert_type:
  case lt::torrent_finished_alert::alert_type:
  case lt::cache_flushed_alert::alert_type:
  case lt::save_resume_data_alert::alert_type:
  case lt::save_resume_data_failed_alert::alert_type:
  case lt::file_error_alert::alert_type:
  case lt::torrent_error_alert::alert_type:
  case lt::torrent_deleted_alert::alert_type:
  case lt::torrent_delete_failed_alert::alert_type:
    return true;
  default:
    return false;
  }
}

} // namespace

void remove_from(lt::session &session, const torrent &removed, lt::remove_flags_t flags) {
  // libtorrent's file of pieces that belong to unwanted files, too, is of no use to anybody.
  if (removed.download) flags |= lt::session_handle::delete_partfile;
  session.remove_torrent(removed.handle, flags);
}

// Whom libtorrent is given with the torrent it calls plainly first, and who wants RC4 hangs up;
// these it calls obfuscated first, plainly where that fails. As the source it is told what it takes
// the others for: any other has it ask them for the DHT.
void call_peers(const torrent &added) {
  for (const lt::tcp::endpoint &peer : added.peers)
    added.handle.connect_peer(peer, lt::peer_info::resume_data, lt::pex_encryption);
}

void begin_download(bt_engine &engine, const lt::sha1_hash &name, torrent &added) {
  call_peers(added);
  added.peers.clear();
  ask_metadata(engine, name, added);
}

bool handle_download_alert(bt_engine &engine, const lt::alert *alert) {
  if (!concerns_downloads(alert->type())) return false;
  lt::sha1_hash name = name_in(alert);
  torrent *of = find_download(engine, name);
  if (!of) return false;
  switch (alert->type()) {
  case lt::metadata_received_alert::alert_type:
    ask_metadata(engine, name, *of);
    break;
  case lt::torrent_checked_alert::alert_type:
    engine.events.push(event(BT_EVENT_CHECKED, name));
    break;
  case lt::torrent_finished_alert::alert_type:
    tell_when_written(engine, *of, event(BT_EVENT_FINISHED, name));
    break;
  case lt::cache_flushed_alert::alert_type:
    tell_flushed(engine, *of);
    break;
  case lt::torrent_deleted_alert::alert_type:
    handle_deleted(engine, name, *of, {});
    break;
  case lt::torrent_delete_failed_alert::alert_type:
    handle_deleted(engine, name, *of,
                   lt::alert_cast<lt::torrent_delete_failed_alert>(alert)->error);
    break;
  case lt::save_resume_data_alert::alert_type:
    tell_resume_data(engine, *of, name, *lt::alert_cast<lt::save_resume_data_alert>(alert));
    break;
  case lt::save_resume_data_failed_alert::alert_type: {
    const auto &failed = *lt::alert_cast<lt::save_resume_data_failed_alert>(alert);
    if (failed.error == lt::errors::resume_data_not_modified) break;
    event told(BT_EVENT_RESUME_FAILED, name);
    told.message = failed.error.message();
    engine.events.push(std::move(told));
    break;
  }
  case lt::file_error_alert::alert_type: {
    const auto &failed = *lt::alert_cast<lt::file_error_alert>(alert);
    tell_error(engine, *of, failed.error, failed.filename());
    break;
  }
  default: {
    const auto &failed = *lt::alert_cast<lt::torrent_error_alert>(alert);
    tell_error(engine, *of, failed.error, failed.filename());
  }
  }
  return true;
}

} // namespace bt
