// Torrents that are received: the folder each may write to, and what it may write there.
//
// Threads: a download's flags may change at any time, everything else of it is fixed; a register
// may be used by any number of threads.
#ifndef BT_ENGINE_DOWNLOAD_HPP
#define BT_ENGINE_DOWNLOAD_HPP

#include "engine_files.hpp"

#include <libtorrent/file_storage.hpp>

namespace bt {

namespace lt = libtorrent;

// One download. Its folder is opened once; beneath it no symbolic link is followed.
class download : public content {
public:
  download(const hash &name, std::shared_ptr<const descriptor> folder);

  const std::shared_ptr<const descriptor> folder;
  const std::string save_path;         // leads to the open folder, whatever becomes of its name
  std::atomic<bool> is_known{false};   // what is there under its names is its own
  std::atomic<bool> is_waiting{false}; // for its files to be chosen: the disk leaves it alone
  std::atomic<uint32_t> web_seeds{0};  // that it is connected to
};

// The downloads that the disk may write, by their save_path, which is unlike for each.
class downloads {
public:
  // Told, on libtorrent's or a disk thread, why a download cannot be written; once for each check.
  using on_refused =
      std::function<void(const download &which, int number, const std::string &message)>;

  void add(const std::shared_ptr<download> &added);
  void remove(const download &gone);
  std::shared_ptr<download> find(const std::string &save_path);

  on_refused refused; // set before the session opens

  // Lets one go on that waited. On any thread, while the session is open; set by the disk.
  std::function<void(const std::shared_ptr<download> &)> release;

private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<download>> known_;
};

// Why a torrent of these files is not received: empty where nothing is wrong. Linear in the files.
std::string refuse_files(const lt::file_storage &files);

// The paths of the files beneath the folder, without pad files.
std::vector<std::string> paths_of(const lt::file_storage &files);

// Looks at what is beneath the folder under these paths: 0, or an errno with its words in
// `message`. ELOOP, ENOTDIR where there is something else than the torrent's own folders and files;
// EEXIST where the first names are taken already, unless they are the download's own.
int check_places(const download &checked, const std::vector<std::string> &paths,
                 std::string &message);

// Deletes these files and the folders that are empty then. What is not there is passed over.
// Returns 0 or the first errno.
int delete_files(const download &of, const std::vector<std::string> &paths);

} // namespace bt

#endif
