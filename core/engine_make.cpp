// Making torrents: the info dictionary of BEP 3 and BEP 52, and the proof that it reads back.
#include "engine_internal.hpp"
#include "engine_torrent.hpp"
#include "manifest.h"

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstring>
#include <libtorrent/bencode.hpp>
#include <libtorrent/create_torrent.hpp>
#include <libtorrent/entry.hpp>
#include <libtorrent/file_storage.hpp>

struct bt_torrent {
  std::string bytes;
  char info_hash[BT_INFO_HASH_SIZE];
  char info_hash_v2[BT_INFO_HASH_V2_SIZE];
};

namespace bt {

std::shared_ptr<lt::torrent_info> load_torrent(bt_bytes bytes, bt_error *error) {
  lt::load_torrent_limits limits;
  limits.max_buffer_size = INT_MAX;
  limits.max_decode_tokens = INT_MAX;
  lt::error_code problem;
  if (bytes.length > INT_MAX) {
    bt_fail(error, BT_INVALID, "torrent: too large");
    return nullptr;
  }
  try {
    lt::span<const char> span(bytes.bytes, static_cast<std::ptrdiff_t>(bytes.length));
    return std::make_shared<lt::torrent_info>(span, limits, lt::from_span);
  } catch (const lt::system_error &refused) {
    bt_fail(error, BT_INVALID, "torrent: %s", refused.code().message().c_str());
    return nullptr;
  }
}

bool check_files(const lt::file_storage &files, bt_bytes manifest, bool is_folder,
                 bt_error *error) {
  bt_manifest_reader reader = {manifest.bytes, manifest.length, 0};
  bt_file file;
  for (lt::file_index_t index : files.file_range()) {
    if (files.pad_file_at(index)) continue;
    if (!bt_manifest_next(&reader, &file))
      return bt_fail(error, BT_INVALID, "torrent: has more files than the manifest");
    if (static_cast<uint64_t>(files.file_size(index)) != file.size)
      return bt_fail(error, BT_INVALID, "%.*s: the torrent has another size",
                     static_cast<int>(file.path_length), file.path);
    std::string wanted = files.name();
    if (is_folder) wanted.append("/").append(file.path, file.path_length);
    if (files.file_path(index) != wanted)
      return bt_fail(error, BT_INVALID, "%.*s: a torrent cannot hold this name",
                     static_cast<int>(file.path_length), file.path);
  }
  if (!bt_manifest_is_whole(&reader))
    return bt_fail(error, BT_INVALID, "torrent: has fewer files than the manifest");
  return true;
}

namespace {

using dictionary = lt::entry::dictionary_type;
using list = lt::entry::list_type;

lt::entry path_entry(const char *path, size_t length) {
  list components;
  const char *end = path + length;
  while (true) {
    const char *slash = std::find(path, end, '/');
    components.emplace_back(std::string(path, slash));
    if (slash == end) return components;
    path = slash + 1;
  }
}

lt::entry pad_entry(uint64_t size) {
  dictionary pad;
  pad["attr"] = "p";
  pad["length"] = static_cast<int64_t>(size);
  pad["path"] = list{".pad", std::to_string(size)};
  return pad;
}

// Makes `files` of v1. In a hybrid every file starts at a piece (BEP 52).
lt::entry make_file_list(const bt_torrent_description &from) {
  list files;
  uint64_t position = 0;
  bt_manifest_reader reader = {from.manifest.bytes, from.manifest.length, 0};
  for (bt_file file; bt_manifest_next(&reader, &file); position += file.size) {
    uint64_t rest = position % from.piece_length;
    if (from.format == BT_FORMAT_HYBRID && rest && file.size) {
      uint64_t pad = from.piece_length - rest;
      files.push_back(pad_entry(pad));
      position += pad;
    }
    dictionary entry;
    entry["length"] = static_cast<int64_t>(file.size);
    entry["path"] = path_entry(file.path, file.path_length);
    files.emplace_back(std::move(entry));
  }
  return files;
}

// Makes `file tree` of v2.
lt::entry make_file_tree(const bt_torrent_description &from) {
  lt::entry tree = dictionary();
  const char *root = from.roots.bytes;
  bt_manifest_reader reader = {from.manifest.bytes, from.manifest.length, 0};
  for (bt_file file; bt_manifest_next(&reader, &file); root += 32) {
    lt::entry *leaf = &tree;
    const char *path = from.is_folder ? file.path : from.name;
    lt::entry components = path_entry(path, from.is_folder ? file.path_length : strlen(path));
    for (const lt::entry &component : components.list())
      leaf = &(*leaf)[component.string()];
    lt::entry &properties = (*leaf)[""];
    properties["length"] = static_cast<int64_t>(file.size);
    if (file.size) properties["pieces root"] = std::string(root, 32);
  }
  return tree;
}

// Makes `piece layers`, by the root of each file larger than a piece.
lt::entry make_layers(const bt_torrent_description &from) {
  dictionary layers;
  const char *root = from.roots.bytes;
  const char *layer = from.layers.bytes;
  bt_manifest_reader reader = {from.manifest.bytes, from.manifest.length, 0};
  for (bt_file file; bt_manifest_next(&reader, &file); root += 32) {
    if (file.size <= from.piece_length) continue;
    size_t length = (file.size + from.piece_length - 1) / from.piece_length * 32;
    layers[std::string(root, 32)] = std::string(layer, length);
    layer += length;
  }
  return layers;
}

lt::entry make_similar(bt_bytes hashes) {
  list similar;
  for (size_t i = 0; i + 20 <= hashes.length; i += 20)
    similar.emplace_back(std::string(hashes.bytes + i, 20));
  return similar;
}

bool is_length(bt_bytes bytes, uint64_t wanted, const char *what, bt_error *error) {
  if (bytes.length == wanted) return true;
  return bt_fail(error, BT_INVALID, "%s: %zu bytes where %llu are needed", what, bytes.length,
                 static_cast<unsigned long long>(wanted));
}

// Whether there are as many hashes as the files have pieces.
bool check_hashes(const bt_torrent_description &from, uint64_t count, bt_error *error) {
  uint64_t length = 0, layers = 0;
  bt_manifest_reader reader = {from.manifest.bytes, from.manifest.length, 0};
  for (bt_file file; bt_manifest_next(&reader, &file); length += file.size) {
    uint64_t rest = length % from.piece_length;
    if (from.format == BT_FORMAT_HYBRID && rest && file.size) length += from.piece_length - rest;
    if (file.size > from.piece_length)
      layers += (file.size + from.piece_length - 1) / from.piece_length;
  }
  bool is_v1 = from.format != BT_FORMAT_V2, is_v2 = from.format != BT_FORMAT_V1;
  uint64_t pieces = (length + from.piece_length - 1) / from.piece_length;
  return is_length(from.pieces, is_v1 ? pieces * 20 : 0, "pieces", error) &&
         is_length(from.roots, is_v2 ? count * 32 : 0, "roots", error) &&
         is_length(from.layers, is_v2 ? layers * 32 : 0, "layers", error);
}

bool check_description(const bt_torrent_description &from, bt_error *error) {
  uint64_t count, size;
  uint32_t piece = from.piece_length;
  if (!bt_manifest_check(from.manifest.bytes, from.manifest.length, &count, &size, error))
    return false;
  if (size == 0) return bt_fail(error, BT_INVALID, "%s: is empty", from.name);
  if (!from.is_folder && count != 1)
    return bt_fail(error, BT_INVALID, "%s: a file share has one file", from.name);
  if (piece < 16384 || (piece & (piece - 1)) != 0)
    return bt_fail(error, BT_INVALID, "piece length: must be a power of two from 16384");
  if (from.similar.length % 20 != 0)
    return bt_fail(error, BT_INVALID, "similar: info-hashes have 20 bytes");
  return check_hashes(from, count, error);
}

lt::entry make_info(const bt_torrent_description &from, uint64_t size) {
  dictionary info;
  info["name"] = from.name;
  info["piece length"] = static_cast<int64_t>(from.piece_length);
  if (from.is_private) info["private"] = 1;
  if (from.format != BT_FORMAT_V2) {
    info["pieces"] = std::string(from.pieces.bytes, from.pieces.length);
    if (from.is_folder)
      info["files"] = make_file_list(from);
    else
      info["length"] = static_cast<int64_t>(size);
  }
  if (from.format != BT_FORMAT_V1) {
    info["meta version"] = 2;
    info["file tree"] = make_file_tree(from);
  }
  return info;
}

// libtorrent must find in the torrent what was put in: then nothing was sanitised away, and no
// recipient gets other names or sizes than those that were hashed.
bool check_made(bt_torrent &made, const bt_torrent_description &from, bt_error *error) {
  auto info = load_torrent({made.bytes.data(), made.bytes.size()}, error);
  if (!info) return false;
  if (info->name() != from.name)
    return bt_fail(error, BT_INVALID, "%s: a torrent cannot hold this name", from.name);
  if (!check_files(info->orig_files(), from.manifest, from.is_folder, error)) return false;
  lt::info_hash_t hashes = info->info_hashes();
  lt::sha1_hash name = name_of(hashes);
  write_hex(name.data(), lt::sha1_hash::size(), made.info_hash);
  if (hashes.has_v2()) write_hex(hashes.v2.data(), lt::sha256_hash::size(), made.info_hash_v2);
  return true;
}

} // namespace
} // namespace bt

using namespace bt;

bt_torrent *bt_torrent_make(const bt_torrent_description *from, bt_error *error) {
  std::unique_ptr<bt_torrent> made;
  bool is_made = guard(error, [&] {
    if (!check_description(*from, error)) return false;
    uint64_t size = 0;
    bt_manifest_check(from->manifest.bytes, from->manifest.length, nullptr, &size, nullptr);
    made = std::make_unique<bt_torrent>();
    lt::entry torrent = dictionary();
    torrent["created by"] = "BTshare";
    torrent["info"] = make_info(*from, size);
    // Beside the info dictionary, so that the info-hash depends on the content alone.
    if (from->similar.length) torrent["similar"] = make_similar(from->similar);
    if (from->format != BT_FORMAT_V1) torrent["piece layers"] = make_layers(*from);
    lt::bencode(std::back_inserter(made->bytes), torrent);
    return check_made(*made, *from, error);
  });
  return is_made ? made.release() : nullptr;
}

bt_bytes bt_torrent_bytes(const bt_torrent *torrent) {
  return {torrent->bytes.data(), torrent->bytes.size()};
}

const char *bt_torrent_info_hash(const bt_torrent *torrent) {
  return torrent->info_hash;
}

const char *bt_torrent_info_hash_v2(const bt_torrent *torrent) {
  return torrent->info_hash_v2;
}

void bt_torrent_free(bt_torrent *torrent) {
  delete torrent;
}

// libtorrent's table: each quadrupling of the content, from 2.56 MiB on, doubles the pieces.
uint32_t bt_torrent_piece_length(uint64_t size) {
  static const uint32_t smallest = 16 << 10, largest = 8 << 20;
  uint32_t piece = smallest;
  for (double limit = 2.56 * (1 << 20); size > std::round(limit) && piece < largest; limit *= 4)
    piece *= 2;
  return piece;
}
