// The disk of the session: what is a registered download is written, everything else is a share.
//
// Threads: libtorrent's network thread, but for a thread of our own that looks at folders.
#include "engine_download_disk.hpp"

#include "engine_disk_jobs.hpp"
#include "engine_storage.hpp"

#include <algorithm>
#include <cerrno>
#include <libtorrent/performance_counters.hpp>
#include <libtorrent/session.hpp>

namespace bt {
namespace {

using priorities = lt::aux::vector<lt::download_priority_t, lt::file_index_t>;

class download_disk final : public lt::disk_interface {
public:
  download_disk(lt::io_context &context, const lt::settings_interface &settings,
                lt::counters &counters, std::unique_ptr<lt::disk_interface> shares,
                std::shared_ptr<shelf> from)
      : shelf_(std::move(from)), shares_(std::move(shares)),
        written_(lt::default_disk_io_constructor(context, settings, counters)), jobs_(context, 1) {
    shelf_->downloads.release = [this](const std::shared_ptr<download> &of) {
      jobs_.post([this, of] { go_on(*of, false); });
    };
  }

  // Only what was registered, and passes, comes near the disk that writes.
  lt::storage_holder new_torrent(const lt::storage_params &parameters,
                                 const std::shared_ptr<void> &torrent) override {
    place made;
    made.disk = shares_.get();
    made.download = shelf_->downloads.find(parameters.path);
    if (made.download && !made.download->is_removed) {
      std::string reason = refuse_files(parameters.files);
      made.paths = paths_of(parameters.files);
      if (reason.empty()) {
        made.disk = written_.get();
      } else {
        shelf_->downloads.refused(*made.download, EINVAL, reason);
      }
    }
    made.holder = made.disk->new_torrent(parameters, torrent);
    return {keep(std::move(made)), *this};
  }

  // The folder stays open until nothing is written to it any more: its number must not come to mean
  // another one meanwhile.
  void remove_torrent(lt::storage_index_t index) override {
    place &gone = at(index);
    if (is_written(gone) && !is_aborted_) {
      written_->async_release_files(gone.holder, [open = gone.download] { (void)open; });
      written_->submit_jobs();
    }
    gone = place();
    gone.disk = shares_.get();
    free_.push_back(index);
  }

  void async_read(lt::storage_index_t index, const lt::peer_request &request,
                  std::function<void(lt::disk_buffer_holder, const lt::storage_error &)> handler,
                  lt::disk_job_flags_t flags) override {
    at(index).disk->async_read(at(index).holder, request, std::move(handler), flags);
  }

  bool async_write(lt::storage_index_t index, const lt::peer_request &request, const char *buffer,
                   std::shared_ptr<lt::disk_observer> observer,
                   std::function<void(const lt::storage_error &)> handler,
                   lt::disk_job_flags_t flags) override {
    return at(index).disk->async_write(at(index).holder, request, buffer, std::move(observer),
                                       std::move(handler), flags);
  }

  void async_hash(
      lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2,
      lt::disk_job_flags_t flags,
      std::function<void(lt::piece_index_t, const lt::sha1_hash &, const lt::storage_error &)>
          handler) override {
    at(index).disk->async_hash(at(index).holder, piece, v2, flags, std::move(handler));
  }

  void async_hash2(
      lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t flags,
      std::function<void(lt::piece_index_t, const lt::sha256_hash &, const lt::storage_error &)>
          handler) override {
    at(index).disk->async_hash2(at(index).holder, piece, offset, flags, std::move(handler));
  }

  // Nothing of BTshare moves or renames what it received.
  void async_move_storage(
      lt::storage_index_t, std::string path, lt::move_flags_t,
      std::function<void(lt::status_t, const std::string &, const lt::storage_error &)> handler)
      override {
    jobs_.post([=] {
      handler(lt::status_t::fatal_disk_error, path,
              make_error(EROFS, -1, lt::operation_t::file_rename));
    });
  }

  void async_rename_file(
      lt::storage_index_t, lt::file_index_t file, std::string name,
      std::function<void(const std::string &, lt::file_index_t, const lt::storage_error &)> handler)
      override {
    jobs_.post([=] {
      handler(name, file, make_error(EROFS, static_cast<int>(file), lt::operation_t::file_rename));
    });
  }

  void async_release_files(lt::storage_index_t index, std::function<void()> handler) override {
    at(index).disk->async_release_files(at(index).holder, std::move(handler));
  }

  void async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) override {
    if (at(index).download) go_on(*at(index).download, true);
    at(index).disk->async_stop_torrent(at(index).holder, std::move(handler));
  }

  void async_set_file_priority(
      lt::storage_index_t index, priorities wanted,
      std::function<void(const lt::storage_error &, priorities)> handler) override {
    at(index).disk->async_set_file_priority(at(index).holder, std::move(wanted),
                                            std::move(handler));
  }

  void async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                         std::function<void(lt::piece_index_t)> handler) override {
    at(index).disk->async_clear_piece(at(index).holder, piece, std::move(handler));
  }

  void
  async_check_files(lt::storage_index_t index, const lt::add_torrent_params *resume_data,
                    lt::aux::vector<std::string, lt::file_index_t> links,
                    std::function<void(lt::status_t, const lt::storage_error &)> handler) override;

  void async_delete_files(lt::storage_index_t index, lt::remove_flags_t flags,
                          std::function<void(const lt::storage_error &)> handler) override;

  void update_stats_counters(lt::counters &counters) const override {
    written_->update_stats_counters(counters);
  }
  std::vector<lt::open_file_state> get_status(lt::storage_index_t index) const override {
    const place &of = places_[static_cast<uint32_t>(index)];
    return of.disk->get_status(of.holder);
  }
  void submit_jobs() override {
    shares_->submit_jobs();
    written_->submit_jobs();
  }
  void settings_updated() override {
    written_->settings_updated();
  }
  void abort(bool wait) override {
    is_aborted_ = true;
    while (!waiting_.empty())
      go_on(*waiting_.begin()->first, true);
    jobs_.abort(wait);
    written_->abort(wait);
    shares_->abort(wait);
  }

private:
  // A storage of libtorrent's, and whose it is.
  struct place {
    lt::disk_interface *disk = nullptr;
    std::shared_ptr<bt::download> download; // none for a share
    std::vector<std::string> paths;         // of a download
    lt::storage_holder holder;              // last, so first to go
  };

  place &at(lt::storage_index_t index) {
    return places_[static_cast<uint32_t>(index)];
  }

  bool is_written(const place &of) const {
    return of.disk == written_.get();
  }

  lt::storage_index_t keep(place made) {
    if (free_.empty()) {
      free_.emplace_back(static_cast<uint32_t>(places_.size()));
      places_.emplace_back();
    }
    lt::storage_index_t index = free_.back();
    free_.pop_back();
    at(index) = std::move(made);
    return index;
  }

  // Has what waited for its files to be chosen checked now, or told that it is too late.
  void go_on(const download &of, bool is_late) {
    auto found = waiting_.find(&of);
    if (found == waiting_.end()) return;
    auto check = std::move(found->second);
    waiting_.erase(found);
    jobs_.run([is_late, check = std::move(check)](bool is_later) { check(is_late || is_later); });
  }

  const std::shared_ptr<shelf> shelf_;
  const std::unique_ptr<lt::disk_interface> shares_;
  const std::unique_ptr<lt::disk_interface> written_;
  std::vector<place> places_;
  std::vector<lt::storage_index_t> free_;
  std::map<const download *, disk_jobs::action> waiting_;
  bool is_aborted_ = false;
  disk_jobs jobs_; // last: its thread uses the members above
};

// A torrent is checked before its first byte is written, and again whenever it begins anew.
void download_disk::async_check_files(
    lt::storage_index_t index, const lt::add_torrent_params *resume_data,
    lt::aux::vector<std::string, lt::file_index_t> links,
    std::function<void(lt::status_t, const lt::storage_error &)> handler) {
  if (!is_written(at(index))) {
    shares_->async_check_files(at(index).holder, resume_data, std::move(links), std::move(handler));
    return;
  }
  auto checked = at(index).download;
  disk_jobs::action check = [this, index, checked, resume_data, paths = at(index).paths,
                             handler = std::move(handler)](bool is_late) mutable {
    std::string message;
    int failure = is_late ? ECANCELED : check_places(*checked, paths, message);
    if (failure && !is_late) shelf_->downloads.refused(*checked, failure, message);
    // libtorrent waits for the answer with the storage and its resume data kept.
    jobs_.post(
        [this, index, checked, resume_data, failure, handler = std::move(handler)]() mutable {
          if (failure || at(index).download != checked) {
            handler(lt::status_t::fatal_disk_error,
                    make_error(failure ? failure : ECANCELED, -1, lt::operation_t::file_stat));
            return;
          }
          checked->is_known = true; // from here on its names are its own
          written_->async_check_files(at(index).holder, resume_data, {}, std::move(handler));
          written_->submit_jobs();
        });
  };
  if (checked->is_waiting && !is_aborted_)
    waiting_[checked.get()] = std::move(check);
  else
    jobs_.run(std::move(check));
}

// libtorrent would follow symbolic links: the files are deleted by us, once it has let go of them.
void download_disk::async_delete_files(lt::storage_index_t index, lt::remove_flags_t flags,
                                       std::function<void(const lt::storage_error &)> handler) {
  if (!is_written(at(index))) {
    shares_->async_delete_files(at(index).holder, flags, std::move(handler));
    return;
  }
  go_on(*at(index).download, true);
  auto deleted = [this, of = at(index).download, paths = at(index).paths,
                  is_wanted = bool(flags & lt::session_handle::delete_files),
                  handler = std::move(handler)](const lt::storage_error &) mutable {
    jobs_.run([this, of = std::move(of), paths = std::move(paths), is_wanted,
               handler = std::move(handler)](bool is_late) mutable {
      int failure = 0;
      if (is_late) {
        failure = ECANCELED;
      } else if (is_wanted && of->is_known) {
        failure = delete_files(*of, paths);
      }
      jobs_.post([failure, handler = std::move(handler)] {
        handler(failure ? make_error(failure, -1, lt::operation_t::file_remove)
                        : lt::storage_error());
      });
    });
  };
  written_->async_delete_files(at(index).holder, lt::session_handle::delete_partfile,
                               std::move(deleted));
}

} // namespace

std::unique_ptr<lt::disk_interface> make_download_disk(lt::io_context &context,
                                                       const lt::settings_interface &settings,
                                                       lt::counters &counters,
                                                       std::unique_ptr<lt::disk_interface> shares,
                                                       std::shared_ptr<shelf> from) {
  return std::make_unique<download_disk>(context, settings, counters, std::move(shares),
                                         std::move(from));
}

} // namespace bt
