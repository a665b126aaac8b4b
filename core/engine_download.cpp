// Torrents that are received: the folder each may write to, and what it may write there.
#include "engine_download.hpp"

#include "beneath.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace bt {
namespace {

// As torrent_check.h has them for .torrent files. Metadata of magnets is checked here alone.
constexpr int most_files = 50000;
constexpr int most_pieces = 200000;
constexpr int64_t largest = int64_t(16) << 40;
constexpr int smallest_piece = 16 << 10, largest_piece = 16 << 20;
constexpr size_t deepest = 32, longest_element = 255;

bool is_element(const std::string &path, size_t from, size_t to) {
  size_t length = to - from;
  if (length == 0 || length > longest_element) return false;
  if (path.compare(from, length, ".") == 0 || path.compare(from, length, "..") == 0) return false;
  return std::none_of(path.begin() + static_cast<long>(from), path.begin() + static_cast<long>(to),
                      [](char byte) { return byte == 0; });
}

bool is_path(const std::string &path) {
  size_t depth = 0;
  for (size_t from = 0;; depth++) {
    size_t to = std::min(path.find('/', from), path.size());
    if (depth > deepest || !is_element(path, from, to)) return false;
    if (to == path.size()) return true;
    from = to + 1;
  }
}

std::string parent_of(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

int open_place(int folder, const std::string &path, int flags) {
  return bt_beneath_open(folder, path.empty() ? "." : path.c_str(), flags | O_NOFOLLOW);
}

// What is there under the path: 0 where nothing is, or what is wanted.
int check_place(int folder, const std::string &path, mode_t wanted) {
  int number = open_place(folder, path, O_PATH);
  if (number == -ENOENT) return 0;
  if (number < 0) return -number;
  descriptor there(number);
  struct stat status;
  if (fstat(there.number(), &status) != 0) return errno;
  if ((status.st_mode & S_IFMT) == wanted) return 0;
  return S_ISLNK(status.st_mode) ? ELOOP : wanted == S_IFDIR ? ENOTDIR : EISDIR;
}

std::string words(int number, const std::string &path) {
  switch (number) {
  case ELOOP:
    return path + ": is a symbolic link, which is not followed";
  case EEXIST:
    return path + ": is there already";
  case EISDIR:
  case ENOTDIR:
    return path + ": something else has that name already";
  default:
    return path + ": " + std::generic_category().message(number);
  }
}

// All folders that hold a path, the deepest first.
std::vector<std::string> folders_of(const std::vector<std::string> &paths) {
  std::set<std::string> found;
  for (const std::string &path : paths)
    for (std::string folder = parent_of(path); !folder.empty(); folder = parent_of(folder))
      if (!found.insert(folder).second) break;
  std::vector<std::string> list(found.rbegin(), found.rend()); // what is inside sorts behind
  return list;
}

} // namespace

download::download(const hash &name, std::shared_ptr<const descriptor> opened)
    : content(name), folder(std::move(opened)),
      save_path("/proc/self/fd/" + std::to_string(folder->number())) {}

void downloads::add(const std::shared_ptr<download> &added) {
  std::lock_guard<std::mutex> lock(mutex_);
  known_[added->save_path] = added;
}

void downloads::remove(const download &gone) {
  std::lock_guard<std::mutex> lock(mutex_);
  known_.erase(gone.save_path);
}

std::shared_ptr<download> downloads::find(const std::string &save_path) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = known_.find(save_path);
  return found == known_.end() ? nullptr : found->second.lock();
}

std::string refuse_files(const lt::file_storage &files) {
  if (files.num_files() > most_files) return "has too many files";
  if (files.num_pieces() > most_pieces) return "has too many pieces";
  if (files.total_size() > largest) return "is too large";
  if (files.piece_length() < smallest_piece || files.piece_length() > largest_piece)
    return "has pieces of an impossible size";
  for (lt::file_index_t file : files.file_range()) {
    if (files.pad_file_at(file)) continue;
    if (files.file_flags(file) & lt::file_storage::flag_symlink) return "holds a symbolic link";
    if (files.file_absolute_path(file) || !is_path(files.file_path(file)))
      return "holds a file whose name leads elsewhere, or too deep";
  }
  return {};
}

std::vector<std::string> paths_of(const lt::file_storage &files) {
  std::vector<std::string> paths;
  paths.reserve(static_cast<size_t>(files.num_files()));
  for (lt::file_index_t file : files.file_range())
    if (!files.pad_file_at(file)) paths.push_back(files.file_path(file));
  return paths;
}

int check_places(const download &checked, const std::vector<std::string> &paths,
                 std::string &message) {
  int folder = checked.folder->number();
  auto fail = [&](int number, const std::string &path) {
    message = words(number, path);
    return number;
  };
  std::vector<std::string> folders = folders_of(paths);
  if (!checked.is_known && !paths.empty()) {
    std::string top = paths.front().substr(0, paths.front().find('/'));
    struct stat status;
    if (fstatat(folder, top.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return fail(EEXIST, top);
    return errno == ENOENT ? 0 : fail(errno, top);
  }
  for (auto path = folders.rbegin(); path != folders.rend(); ++path)
    if (int number = check_place(folder, *path, S_IFDIR)) return fail(number, *path);
  for (const std::string &path : paths)
    if (int number = check_place(folder, path, S_IFREG)) return fail(number, path);
  return 0;
}

int delete_files(const download &of, const std::vector<std::string> &paths) {
  int failure = 0;
  for (const std::string &path : paths) {
    int number = bt_beneath_unlink(of.folder->number(), path.c_str(), 0);
    if (number && number != ENOENT && !failure) failure = number;
  }
  for (const std::string &folder : folders_of(paths))
    bt_beneath_unlink(of.folder->number(), folder.c_str(),
                      AT_REMOVEDIR); // others' files may be in it
  return failure;
}

} // namespace bt
