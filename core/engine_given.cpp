// Which blocks a peer was given: noted as they are written, taken back where they did not arrive.
#include "engine_given.hpp"

#include <algorithm>

namespace bt {
namespace {

constexpr int block_length = 16384;
constexpr int64_t most_under_way = 16 << 20; // more than a system keeps for a connection
constexpr int64_t chatter = 1024; // bytes that may be of other messages behind the last block

size_t first_block(const lt::peer_request &request) {
  return static_cast<size_t>(request.start / block_length);
}

size_t blocks_in(int length) {
  return static_cast<size_t>((length + block_length - 1) / block_length);
}

size_t end_block(const lt::peer_request &request) {
  return blocks_in(request.start + request.length);
}

// Without padding, which nobody asks for.
size_t blocks_of(const lt::torrent_info &info, lt::piece_index_t piece) {
  return blocks_in(info.v2() ? info.orig_files().piece_size2(piece) : info.piece_size(piece));
}

bool is_in(const lt::typed_bitfield<lt::piece_index_t> &told, lt::piece_index_t piece) {
  return piece < told.end_index() && told[piece];
}

uint32_t number_of(const lt::torrent_info &info, int piece, size_t block) {
  return static_cast<uint32_t>(static_cast<size_t>(piece) * blocks_in(info.piece_length()) + block);
}

} // namespace

void given::write(const lt::peer_request &request) {
  written_ += request.length;
  last_.push_back(request);
  last_length_ += request.length;
  while (last_length_ - last_.front().length > most_under_way) {
    last_length_ -= last_.front().length;
    last_.pop_front();
  }
  std::vector<bool> &blocks = pieces_[static_cast<int>(request.piece)];
  size_t end = end_block(request);
  if (blocks.size() < end) blocks.resize(end);
  for (size_t block = first_block(request); block < end; block++)
    blocks[block] = true;
}

void given::lose(int64_t lost) {
  int64_t missing = written_ - sent_ + (lost > chatter ? lost : 0);
  while (missing > 0 && !last_.empty()) {
    const lt::peer_request &request = last_.back();
    missing -= request.length;
    auto found = pieces_.find(static_cast<int>(request.piece));
    size_t end = found == pieces_.end() ? 0 : std::min(end_block(request), found->second.size());
    for (size_t block = first_block(request); block < end; block++)
      found->second[block] = false;
    last_.pop_back();
  }
}

bool given::has(lt::piece_index_t piece, size_t block) const {
  auto found = pieces_.find(static_cast<int>(piece));
  return found != pieces_.end() && block < found->second.size() && found->second[block];
}

std::vector<uint32_t> given::blocks(const lt::torrent_info &info,
                                    const lt::typed_bitfield<lt::piece_index_t> &told) const {
  std::vector<uint32_t> found;
  for (const auto &[piece, blocks] : pieces_) {
    if (is_in(told, lt::piece_index_t(piece))) continue;
    for (size_t block = 0; block < blocks.size() && found.size() < most; block++)
      if (blocks[block]) found.push_back(number_of(info, piece, block));
  }
  return found;
}

bool given::find_lacking(const lt::torrent_info &info,
                         const lt::typed_bitfield<lt::piece_index_t> &told,
                         std::vector<uint32_t> &lacking) const {
  for (lt::piece_index_t piece : info.piece_range()) {
    if (is_in(told, piece)) continue;
    size_t count = blocks_of(info, piece);
    for (size_t block = 0; block < count; block++) {
      if (has(piece, block)) continue;
      if (lacking.size() == most) return false;
      lacking.push_back(number_of(info, static_cast<int>(piece), block));
    }
  }
  return true;
}

} // namespace bt
