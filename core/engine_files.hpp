// The files of shares, read so that only the bytes of their manifest come out.
//
// Threads: a reader may be used by any number of threads; a share's flags may change while it is
// being read, everything else of it is fixed.
#ifndef BT_ENGINE_FILES_HPP
#define BT_ENGINE_FILES_HPP

#include "manifest.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace bt {

// An open descriptor that closes itself.
class descriptor {
public:
  explicit descriptor(int number) : number_(number) {}
  ~descriptor();
  descriptor(const descriptor &) = delete;
  descriptor &operator=(const descriptor &) = delete;
  int number() const {
    return number_;
  }

private:
  int number_;
};

// What a torrent of the session gives or gets: its name, and whether it may.
class content {
public:
  using hash = std::array<char, 20>;

  explicit content(const hash &name) : info_hash(name) {}

  const hash info_hash;
  std::atomic<bool> is_removed{false}; // reads answer ECANCELED
  std::atomic<bool> is_paused{false};  // so do those for a peer
  std::atomic<bool> is_broken{false};  // a file was not as it should be: reads answer ESTALE
};

// One share: where it is, and what each of its files was when it was hashed. There may be ten
// thousand of these, so a share of one file is one small object.
class share : public content {
public:
  // `manifest` has passed bt_manifest_check and is shorter than 4 GiB.
  share(const hash &info_hash, std::shared_ptr<const descriptor> root, const char *base,
        std::string manifest);

  size_t count() const {
    return offsets_.empty() ? 1 : offsets_.size();
  }
  bt_file file(size_t index) const;
  std::string path(size_t index) const; // beneath the root

  const std::shared_ptr<const descriptor> root;

private:
  const std::string base_;
  const std::string manifest_;
  std::vector<uint32_t> offsets_; // of each file in manifest_; empty where there is only one
};

// Why bytes are read. libtorrent takes a hash that failed for the end of a seed, so hashing, which
// shows nobody a byte, goes on while a share is paused.
enum class purpose { peer, hash };

// Reads files of shares and keeps the descriptors that were used last open.
class reader {
public:
  // Reads exactly `length` bytes. Returns 0 or an errno: ECANCELED for a share that was paused or
  // removed, ESTALE for a file that is not, or while it was read ceased to be, the file of the
  // manifest. After any but 0 `buffer` holds nothing to be used.
  int read(const share &from, size_t index, uint64_t offset, char *buffer, size_t length,
           purpose why);

  // Closes what is open of `of`. None is kept while it is paused or removed.
  void drop(const share &of);

private:
  using key = std::pair<const share *, size_t>;
  struct slot {
    std::shared_ptr<const descriptor> file;
    uint64_t used;
  };
  static constexpr size_t limit = 128;

  std::shared_ptr<const descriptor> find(const key &wanted);
  void keep(const key &wanted, const std::shared_ptr<const descriptor> &file);
  void forget(const key &wanted);

  std::mutex mutex_;
  std::map<key, slot> slots_;
  uint64_t clock_ = 0;
};

} // namespace bt

#endif
