// What a connection gave its peer that the peer has not said it has: who hangs up as soon as it has
// all did not get to say so.
#ifndef BTSHARE_ENGINE_GIVEN_HPP
#define BTSHARE_ENGINE_GIVEN_HPP

#include <cstdint>
#include <deque>
#include <libtorrent/bitfield.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/torrent_info.hpp>
#include <unordered_map>
#include <vector>

namespace bt {

// Blocks of 16 KiB, counted through all pieces. On the network thread.
class given {
public:
  static constexpr size_t most = 1024; // blocks that are told

  // Blocks that were written for the peer, in order; and bytes of them that the system took.
  void write(const lt::peer_request &request);
  void send(int bytes) {
    sent_ += bytes;
  }
  // The peer says that it has the piece.
  void tell(lt::piece_index_t piece) {
    pieces_.erase(static_cast<int>(piece));
  }

  bool is_any() const {
    return written_ > 0;
  }

  // The last bytes of the connection have not reached the peer: `lost` of those that the system
  // took, besides those that it did not take.
  void lose(int64_t lost);

  // What it was given of the pieces that it does not say it has: at most `most` blocks.
  std::vector<uint32_t> blocks(const lt::torrent_info &info,
                               const lt::typed_bitfield<lt::piece_index_t> &told) const;
  // What it was not given of these; false where that is more than `most` blocks.
  bool find_lacking(const lt::torrent_info &info, const lt::typed_bitfield<lt::piece_index_t> &told,
                    std::vector<uint32_t> &lacking) const;

private:
  bool has(lt::piece_index_t piece, size_t block) const;

  std::unordered_map<int, std::vector<bool>> pieces_;
  std::deque<lt::peer_request> last_; // of what was written, as far as it may be lost
  int64_t last_length_ = 0;
  int64_t written_ = 0, sent_ = 0;
};

} // namespace bt

#endif
