// The half of libtorrent's disk that would change files: here it only refuses.
#ifndef BT_ENGINE_REFUSALS_HPP
#define BT_ENGINE_REFUSALS_HPP

#include "engine_storage.hpp"

#include <boost/asio/post.hpp>
#include <cerrno>
#include <libtorrent/disk_interface.hpp>
#include <libtorrent/io_context.hpp>

namespace bt {

// Every request that would change a share is answered with EROFS, without coming near a file.
// Threads: libtorrent's network thread, to which the answers are posted.
class refusing_disk : public lt::disk_interface {
public:
  using on_checked = std::function<void(lt::status_t, const lt::storage_error &)>;
  using on_moved =
      std::function<void(lt::status_t, const std::string &, const lt::storage_error &)>;
  using on_renamed =
      std::function<void(const std::string &, lt::file_index_t, const lt::storage_error &)>;
  using priorities = lt::aux::vector<lt::download_priority_t, lt::file_index_t>;
  using on_priorities = std::function<void(const lt::storage_error &, priorities)>;
  using on_failed = std::function<void(const lt::storage_error &)>;

  explicit refusing_disk(lt::io_context &context) : context_(context) {}

  bool async_write(lt::storage_index_t, const lt::peer_request &, const char *,
                   std::shared_ptr<lt::disk_observer>, on_failed handler,
                   lt::disk_job_flags_t) override {
    post([=] { handler(make_error(EROFS, -1, lt::operation_t::file_write)); });
    return false;
  }

  void async_move_storage(lt::storage_index_t, std::string path, lt::move_flags_t,
                          on_moved handler) override {
    post([=] {
      handler(lt::status_t::fatal_disk_error, path,
              make_error(EROFS, -1, lt::operation_t::file_rename));
    });
  }

  void async_rename_file(lt::storage_index_t, lt::file_index_t file, std::string name,
                         on_renamed handler) override {
    post([=] {
      handler(name, file, make_error(EROFS, static_cast<int>(file), lt::operation_t::file_rename));
    });
  }

  void async_delete_files(lt::storage_index_t, lt::remove_flags_t, on_failed handler) override {
    post([=] { handler(make_error(EROFS, -1, lt::operation_t::file_remove)); });
  }

  void async_set_file_priority(lt::storage_index_t, priorities wanted,
                               on_priorities handler) override {
    post([=] { handler(make_error(EROFS, -1, lt::operation_t::file_write), wanted); });
  }

  // Nothing is being written, so there is nothing to wait for.
  void async_clear_piece(lt::storage_index_t, lt::piece_index_t piece,
                         std::function<void(lt::piece_index_t)> handler) override {
    post([=] { handler(piece); });
  }

  void update_stats_counters(lt::counters &) const override {}
  std::vector<lt::open_file_state> get_status(lt::storage_index_t) const override {
    return {};
  }
  void submit_jobs() override {}
  void settings_updated() override {}

protected:
  template <typename Answer> void post(Answer answer) {
    boost::asio::post(context_, std::move(answer));
  }

  lt::io_context &context_;
};

} // namespace bt

#endif
