// The disk of the session: what is a registered download is written, everything else is a share.
#ifndef BT_ENGINE_DOWNLOAD_DISK_HPP
#define BT_ENGINE_DOWNLOAD_DISK_HPP

#include "engine_disk.hpp"

namespace bt {

// Routes downloads of `from` to libtorrent's own disk and all other torrents to `shares`, which
// writes nothing. Each storage is on one of the two from its beginning to its end.
std::unique_ptr<lt::disk_interface> make_download_disk(lt::io_context &context,
                                                       const lt::settings_interface &settings,
                                                       lt::counters &counters,
                                                       std::unique_ptr<lt::disk_interface> shares,
                                                       std::shared_ptr<shelf> from);

} // namespace bt

#endif
