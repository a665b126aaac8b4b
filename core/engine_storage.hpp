// A torrent's view of its share: which bytes of which files a piece is made of.
#ifndef BT_ENGINE_STORAGE_HPP
#define BT_ENGINE_STORAGE_HPP

#include "engine_disk.hpp"

#include <libtorrent/file_storage.hpp>
#include <libtorrent/storage_defs.hpp>

namespace bt {

namespace lt = libtorrent;

// An errno in libtorrent's form. ECANCELED becomes a word that it knows and passes over.
lt::storage_error make_error(int number, int file, lt::operation_t operation);

// What libtorrent calls a storage. Lives on its network thread.
struct storage {
  std::shared_ptr<bt::share> share; // none: every read fails
  const lt::file_storage *files;    // the torrent's, for as long as it has this storage
  std::vector<int32_t> indices;     // libtorrent's file → the manifest's; empty where equal
};

// Fills indices, which differ from libtorrent's where there are pad files (negative).
storage make_storage(std::shared_ptr<bt::share> share, const lt::file_storage &files);

// A run of bytes of a torrent, ready to be read on any thread.
class range {
public:
  // `of` has a share.
  range(const storage &of, lt::piece_index_t piece, int64_t start, size_t length);

  // Reads `length` bytes from `start` of the range. A failure breaks the share.
  lt::storage_error read(shelf &from, size_t start, char *buffer, size_t length, purpose why) const;

private:
  // Of one file, or of padding.
  struct stretch {
    int file;      // libtorrent's index, for its errors
    int64_t index; // in the manifest; negative: zeros
    uint64_t offset;
    size_t length;
  };

  int read_stretch(shelf &from, const stretch &part, size_t start, char *buffer, size_t length,
                   purpose why) const;
  lt::storage_error fail(const shelf &from, int failure, const stretch &part) const;

  std::shared_ptr<bt::share> share_;
  std::vector<stretch> stretches_;
};

} // namespace bt

#endif
