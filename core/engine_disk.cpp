// libtorrent's disk, as shares need it: reads verified bytes on threads of its own, writes nothing.
//
// libtorrent calls the disk on its network thread; answers are posted back to that thread. A job
// knows all it needs, so it never touches a torrent, which may be gone by the time it runs.
#include "engine_disk.hpp"

#include "engine_disk_jobs.hpp"
#include "engine_download_disk.hpp"
#include "engine_refusals.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/hasher.hpp>
#include <libtorrent/peer_request.hpp>

namespace bt {
namespace {

constexpr size_t thread_count = 4;
constexpr size_t block_size = lt::default_block_size;
constexpr size_t chunk_size = 16 * block_size; // of a hash: one read for many blocks

struct free_memory {
  void operator()(char *memory) const {
    free(memory);
  }
};
using owned_buffer = std::unique_ptr<char, free_memory>;

owned_buffer allocate(size_t size) {
  return owned_buffer(static_cast<char *>(malloc(size ? size : 1)));
}

lt::storage_error read_error(int number) {
  return make_error(number, -1, lt::operation_t::file_read);
}

class disk final : public refusing_disk, lt::buffer_allocator_interface {
public:
  using on_read = std::function<void(lt::disk_buffer_holder, const lt::storage_error &)>;
  using on_hash =
      std::function<void(lt::piece_index_t, const lt::sha1_hash &, const lt::storage_error &)>;
  using on_hash2 =
      std::function<void(lt::piece_index_t, const lt::sha256_hash &, const lt::storage_error &)>;

  disk(lt::io_context &context, std::shared_ptr<shelf> from)
      : refusing_disk(context), shelf_(std::move(from)), jobs_(context, thread_count) {}

  ~disk() override {
    abort(true);
  }

  lt::storage_holder new_torrent(const lt::storage_params &parameters,
                                 const std::shared_ptr<void> &) override {
    share::hash name;
    std::copy(parameters.info_hash.begin(), parameters.info_hash.end(),
              reinterpret_cast<unsigned char *>(name.data()));
    storage made = make_storage(shelf_->take(name), parameters.files);
    if (free_storages_.empty()) {
      free_storages_.emplace_back(static_cast<uint32_t>(storages_.size()));
      storages_.emplace_back();
    }
    lt::storage_index_t index = free_storages_.back();
    free_storages_.pop_back();
    at(index) = std::move(made);
    return {index, *this};
  }

  void remove_torrent(lt::storage_index_t index) override {
    std::shared_ptr<share> left = std::move(at(index).share);
    at(index) = {};
    free_storages_.push_back(index);
    if (!left) return;
    left->is_removed = true;
    shelf_->reader.drop(*left);
  }

  void abort(bool wait) override {
    jobs_.abort(wait);
  }

  void async_read(lt::storage_index_t index, const lt::peer_request &request, on_read handler,
                  lt::disk_job_flags_t) override {
    size_t length = static_cast<size_t>(request.length);
    auto bytes = find_range(index, request.piece, request.start, length);
    queue([this, bytes, length, handler = std::move(handler)](bool is_late) mutable {
      owned_buffer buffer = allocate(length);
      lt::storage_error error = read_error(ECANCELED);
      if (!is_late) error = read(bytes.get(), 0, buffer.get(), length, purpose::peer);
      if (error) buffer.reset();
      // The holder, which needs this disk, is made only where libtorrent takes it.
      post([this, handler = std::move(handler), error, length,
            buffer = std::move(buffer)]() mutable {
        lt::disk_buffer_holder holder;
        if (buffer)
          holder = lt::disk_buffer_holder(*this, buffer.release(), static_cast<int>(length));
        handler(std::move(holder), error);
      });
    });
  }

  // `v2` belongs to the handler, which lives until it has been called.
  void async_hash(lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2,
                  lt::disk_job_flags_t flags, on_hash handler) override {
    const lt::file_storage &files = *at(index).files;
    bool is_v1 = bool(flags & lt::disk_interface::v1_hash);
    size_t length_v1 = is_v1 ? static_cast<size_t>(files.piece_size(piece)) : 0;
    size_t length_v2 = v2.empty() ? 0 : static_cast<size_t>(files.piece_size2(piece));
    auto bytes = find_range(index, piece, 0, std::max(length_v1, length_v2));
    queue([=, handler = std::move(handler)](bool is_late) mutable {
      lt::sha1_hash hash;
      lt::storage_error error = read_error(ECANCELED);
      if (!is_late) error = compute(bytes.get(), length_v1, length_v2, hash, v2);
      post([=, handler = std::move(handler)] { handler(piece, hash, error); });
    });
  }

  void async_hash2(lt::storage_index_t index, lt::piece_index_t piece, int offset,
                   lt::disk_job_flags_t, on_hash2 handler) override {
    int left = at(index).files->piece_size2(piece) - offset;
    size_t length = std::min(block_size, static_cast<size_t>(std::max(left, 0)));
    auto bytes = find_range(index, piece, offset, length);
    queue([=, handler = std::move(handler)](bool is_late) mutable {
      lt::sha256_hash hash;
      lt::storage_error error = read_error(ECANCELED);
      lt::sha1_hash unused;
      if (!is_late) error = compute(bytes.get(), 0, length, unused, {&hash, 1});
      post([=, handler = std::move(handler)] { handler(piece, hash, error); });
    });
  }

  // Shares start as seeds, unread. libtorrent checks a torrent a second time only where a piece did
  // not have its hash: then the share is not what its manifest promised.
  void async_check_files(lt::storage_index_t index, const lt::add_torrent_params *resume_data,
                         lt::aux::vector<std::string, lt::file_index_t>,
                         on_checked handler) override {
    bool is_seed = resume_data && (resume_data->flags & lt::torrent_flags::seed_mode);
    if (!is_seed && at(index).share)
      shelf_->report_broken(*at(index).share, "", "content does not have the hashes it was given");
    post([handler = std::move(handler), is_seed] {
      if (is_seed)
        handler(lt::status_t::no_error, lt::storage_error());
      else
        handler(lt::status_t::fatal_disk_error, read_error(ESTALE));
    });
  }

  void async_release_files(lt::storage_index_t index, std::function<void()> handler) override {
    queue([this, left = at(index).share, handler = std::move(handler)](bool) mutable {
      if (left) shelf_->reader.drop(*left);
      if (handler) post(std::move(handler));
    });
  }

  void async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) override {
    async_release_files(index, std::move(handler));
  }

private:
  storage &at(lt::storage_index_t index) {
    return storages_[static_cast<uint32_t>(index)];
  }

  void free_disk_buffer(char *buffer) override {
    free(buffer);
  }

  // Nothing where the storage has no share.
  std::shared_ptr<const range> find_range(lt::storage_index_t index, lt::piece_index_t piece,
                                          int64_t start, size_t length) {
    if (!at(index).share) return nullptr;
    return std::make_shared<const range>(at(index), piece, start, length);
  }

  lt::storage_error read(const range *bytes, size_t start, char *buffer, size_t length,
                         purpose why) {
    if (!bytes) return read_error(ENOENT);
    if (!buffer) return read_error(ENOMEM);
    return bytes->read(*shelf_, start, buffer, length, why);
  }

  lt::storage_error compute(const range *bytes, size_t length_v1, size_t length_v2,
                            lt::sha1_hash &hash, lt::span<lt::sha256_hash> v2);
  void queue(disk_jobs::action act) {
    jobs_.run(std::move(act));
  }

  const std::shared_ptr<shelf> shelf_;

  // libtorrent's thread only
  std::vector<storage> storages_;
  std::vector<lt::storage_index_t> free_storages_;

  disk_jobs jobs_; // last: its threads use the members above
};

// SHA-1 of the first `length_v1` bytes, and SHA-256 of each block of the first `length_v2`.
lt::storage_error disk::compute(const range *bytes, size_t length_v1, size_t length_v2,
                                lt::sha1_hash &hash, lt::span<lt::sha256_hash> v2) {
  size_t length = std::max(length_v1, length_v2);
  owned_buffer buffer = allocate(std::min(length, chunk_size));
  lt::hasher v1;
  for (size_t start = 0; start < length; start += chunk_size) {
    size_t size = std::min(chunk_size, length - start);
    lt::storage_error error = read(bytes, start, buffer.get(), size, purpose::hash);
    if (error) return error;
    if (start < length_v1)
      v1.update(buffer.get(), static_cast<int>(std::min(size, length_v1 - start)));
    for (size_t block = 0; block < size && start + block < length_v2; block += block_size) {
      size_t part = std::min(block_size, std::min(size, length_v2 - start) - block);
      v2[static_cast<int>((start + block) / block_size)] =
          lt::hasher256(buffer.get() + block, static_cast<int>(part)).final();
    }
  }
  hash = v1.final();
  return {};
}

} // namespace

lt::disk_io_constructor_type disk_constructor(std::shared_ptr<shelf> from) {
  return [from](lt::io_context &context, const lt::settings_interface &settings,
                lt::counters &counters) {
    auto shares = std::make_unique<disk>(context, from);
    return make_download_disk(context, settings, counters, std::move(shares), from);
  };
}

} // namespace bt
