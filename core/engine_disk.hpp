// libtorrent's disk, as shares need it: reads verified bytes on threads of its own, writes nothing.
#ifndef BT_ENGINE_DISK_HPP
#define BT_ENGINE_DISK_HPP

#include "engine_download.hpp"

#include <functional>
#include <libtorrent/disk_interface.hpp>
#include <libtorrent/session_params.hpp>
#include <memory>
#include <string>

namespace bt {

// What the engine and its disk both know; it outlives either.
class shelf {
public:
  // Told once for each share that breaks, on a disk thread. `path` is empty where no single file
  // is at fault.
  using on_broken =
      std::function<void(const share &which, const std::string &path, const std::string &message)>;

  explicit shelf(on_broken handler) : on_broken_(std::move(handler)) {}

  // Offers a share to the storage that libtorrent will make for one of its info-hashes: for a
  // hybrid it may be either, so `other` is the second one; elsewhere both are the same.
  void offer(const std::shared_ptr<share> &offered, const share::hash &other);
  std::shared_ptr<share> take(const share::hash &info_hash);

  // The downloads of the session, for the disk that writes them: nothing else is ever written.
  bt::downloads downloads;

  // From here on all reads of the share fail.
  void report_broken(share &which, const std::string &path, const std::string &message) const;

  bt::reader reader;

private:
  const on_broken on_broken_;
  std::mutex mutex_;
  struct offer_of {
    std::shared_ptr<share> offered;
    share::hash other;
  };
  std::map<share::hash, offer_of> offers_;
};

// What session_params.disk_io_constructor wants.
libtorrent::disk_io_constructor_type disk_constructor(std::shared_ptr<shelf> from);

} // namespace bt

#endif
