// A torrent's view of its share, and the shelf on which shares wait for their torrents.
#include "engine_storage.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <libtorrent/error_code.hpp>
#include <system_error>

namespace bt {
namespace {

std::string words(int number) {
  return number == ESTALE ? "changed on disk" : std::generic_category().message(number);
}

class disk_category final : public boost::system::error_category {
  const char *name() const noexcept override {
    return "share";
  }
  std::string message(int number) const override {
    return words(number);
  }
};

} // namespace

lt::storage_error make_error(int number, int file, lt::operation_t operation) {
  static const disk_category category;
  if (number == ECANCELED) return lt::storage_error(boost::asio::error::operation_aborted);
  return {lt::error_code(number, category), lt::file_index_t(file), operation};
}

storage make_storage(std::shared_ptr<bt::share> share, const lt::file_storage &files) {
  std::vector<int32_t> indices;
  int32_t next = 0;
  bool has_pads = false;
  for (lt::file_index_t file : files.file_range()) {
    bool is_pad = files.pad_file_at(file);
    has_pads |= is_pad;
    indices.push_back(is_pad ? -1 : next++);
  }
  if (!has_pads) indices = {};
  return {std::move(share), &files, std::move(indices)};
}

range::range(const storage &of, lt::piece_index_t piece, int64_t start, size_t length)
    : share_(of.share) {
  auto slices = of.files->map_block(piece, start, static_cast<int64_t>(length));
  stretches_.reserve(slices.size());
  for (const lt::file_slice &slice : slices) {
    int file = static_cast<int>(slice.file_index);
    int64_t index = of.indices.empty() ? file : of.indices[static_cast<size_t>(file)];
    stretches_.push_back(
        {file, index, static_cast<uint64_t>(slice.offset), static_cast<size_t>(slice.size)});
  }
}

lt::storage_error range::read(shelf &from, size_t start, char *buffer, size_t length,
                              purpose why) const {
  for (const stretch &part : stretches_) {
    if (length == 0) break;
    if (start >= part.length) {
      start -= part.length;
      continue;
    }
    size_t wanted = std::min(length, part.length - start);
    int failure = read_stretch(from, part, start, buffer, wanted, why);
    if (failure) return fail(from, failure, part);
    start = 0;
    buffer += wanted;
    length -= wanted;
  }
  return length == 0 ? lt::storage_error() : make_error(EINVAL, -1, lt::operation_t::file_read);
}

int range::read_stretch(shelf &from, const stretch &part, size_t start, char *buffer, size_t length,
                        purpose why) const {
  if (part.index >= 0)
    return from.reader.read(*share_, static_cast<size_t>(part.index), part.offset + start, buffer,
                            length, why);
  memset(buffer, 0, length);
  return 0;
}

lt::storage_error range::fail(const shelf &from, int failure, const stretch &part) const {
  if (failure != ECANCELED && part.index >= 0) {
    bt_file file = share_->file(static_cast<size_t>(part.index));
    from.report_broken(*share_, std::string(file.path, file.path_length), words(failure));
  }
  return make_error(failure, part.file, lt::operation_t::file_read);
}

void shelf::offer(const std::shared_ptr<share> &offered, const share::hash &other) {
  std::lock_guard<std::mutex> lock(mutex_);
  offers_[offered->info_hash] = {offered, other};
  offers_[other] = {offered, offered->info_hash};
}

std::shared_ptr<share> shelf::take(const share::hash &info_hash) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = offers_.find(info_hash);
  if (found == offers_.end()) return nullptr;
  offer_of taken = std::move(found->second);
  offers_.erase(info_hash);
  offers_.erase(taken.other);
  return taken.offered;
}

void shelf::report_broken(share &which, const std::string &path, const std::string &message) const {
  if (!which.is_broken.exchange(true)) on_broken_(which, path, message);
}

} // namespace bt
