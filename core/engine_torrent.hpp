// What making a torrent and adding one have in common: loading it, and comparing it with a
// manifest.
#ifndef BT_ENGINE_TORRENT_HPP
#define BT_ENGINE_TORRENT_HPP

#include "engine.h"

#include <libtorrent/torrent_info.hpp>
#include <memory>

namespace bt {

// Nothing and BT_INVALID where libtorrent does not take it. For torrents of our own making, which
// are bounded by the share, not for foreign ones.
std::shared_ptr<libtorrent::torrent_info> load_torrent(bt_bytes bytes, bt_error *error);

// Whether libtorrent, apart from pad files, knows the manifest's files, in order, by these names
// (below the torrent's name for a folder; a single file has the torrent's name itself).
bool check_files(const libtorrent::file_storage &files, bt_bytes manifest, bool is_folder,
                 bt_error *error);

} // namespace bt

#endif
