// The files of shares, read so that only the bytes of their manifest come out.
#include "engine_files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bt {
namespace {

int64_t nanoseconds(const timespec &time) {
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

// 0, ESTALE, or what fstat says.
int check_unchanged(int file, const bt_file &expected) {
  struct stat now;
  if (fstat(file, &now) != 0) return errno;
  bool same = S_ISREG(now.st_mode) && static_cast<uint64_t>(now.st_size) == expected.size &&
              nanoseconds(now.st_mtim) == expected.mtime_ns &&
              nanoseconds(now.st_ctim) == expected.ctime_ns && now.st_ino == expected.inode;
  return same ? 0 : ESTALE;
}

// What openat2 says of a path that was a regular file once and is not one now.
bool means_changed(int number) {
  return number == ENOENT || number == ENOTDIR || number == ELOOP || number == EXDEV ||
         number == ENXIO;
}

// Opens without ever leaving the root or following a link; a FIFO does not block. A negative errno
// on failure.
int open_beneath(int root, const std::string &path) {
  struct open_how how = {};
  how.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  // EAGAIN: something was renamed while the kernel walked the path (openat2(2)).
  for (int attempt = 0; attempt < 8; attempt++) {
    long file = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (file >= 0) return static_cast<int>(file);
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return means_changed(errno) ? -ESTALE : -errno;
}

int read_all(int file, uint64_t offset, char *buffer, size_t length) {
  while (length > 0) {
    ssize_t got = pread(file, buffer, length, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return ESTALE; // shorter than its manifest says
    buffer += got;
    offset += static_cast<uint64_t>(got);
    length -= static_cast<size_t>(got);
  }
  return 0;
}

bool is_cancelled(const share &from, purpose why) {
  return from.is_removed || (from.is_paused && why == purpose::peer);
}

} // namespace

descriptor::~descriptor() {
  if (number_ >= 0) close(number_);
}

share::share(const hash &name, std::shared_ptr<const descriptor> folder, const char *base,
             std::string manifest)
    : content(name), root(std::move(folder)), base_(base), manifest_(std::move(manifest)) {
  bt_manifest_reader reader = {manifest_.data(), manifest_.size(), 0};
  bt_file file;
  std::vector<uint32_t> offsets;
  for (size_t start = 0; bt_manifest_next(&reader, &file); start = reader.position)
    offsets.push_back(static_cast<uint32_t>(start));
  if (offsets.size() != 1) {
    offsets.shrink_to_fit();
    offsets_ = std::move(offsets);
  }
}

bt_file share::file(size_t index) const {
  bt_manifest_reader reader = {manifest_.data(), manifest_.size(),
                               offsets_.empty() ? 0 : offsets_[index]};
  bt_file file = {};
  bt_manifest_next(&reader, &file);
  return file;
}

std::string share::path(size_t index) const {
  bt_file at = file(index);
  std::string path = base_;
  if (!path.empty()) path += '/';
  return path.append(at.path, at.path_length);
}

int reader::read(const share &from, size_t index, uint64_t offset, char *buffer, size_t length,
                 purpose why) {
  if (is_cancelled(from, why)) return ECANCELED;
  if (from.is_broken) return ESTALE;
  bt_file expected = from.file(index);
  if (offset > expected.size || length > expected.size - offset) return EINVAL;
  key wanted = {&from, index};
  std::shared_ptr<const descriptor> file = find(wanted);
  if (!file) {
    int number = open_beneath(from.root->number(), from.path(index));
    if (number < 0) return -number;
    file = std::make_shared<const descriptor>(number);
  }
  int failure = check_unchanged(file->number(), expected);
  if (!failure) failure = read_all(file->number(), offset, buffer, length);
  if (!failure) failure = check_unchanged(file->number(), expected);
  if (failure)
    forget(wanted);
  else
    keep(wanted, file);
  // Asked last, so that nothing read while the share was being stopped gets out.
  return is_cancelled(from, why) ? ECANCELED : failure;
}

std::shared_ptr<const descriptor> reader::find(const key &wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = slots_.find(wanted);
  return found == slots_.end() ? nullptr : found->second.file;
}

void reader::keep(const key &wanted, const std::shared_ptr<const descriptor> &file) {
  std::shared_ptr<const descriptor> evicted; // closed without the lock
  std::lock_guard<std::mutex> lock(mutex_);
  if (wanted.first->is_paused || wanted.first->is_removed) return;
  auto found = slots_.find(wanted);
  if (found != slots_.end()) {
    found->second.used = ++clock_;
    return;
  }
  if (slots_.size() >= limit) {
    auto oldest = std::min_element(slots_.begin(), slots_.end(), [](auto &one, auto &other) {
      return one.second.used < other.second.used;
    });
    evicted = std::move(oldest->second.file);
    slots_.erase(oldest);
  }
  slots_.emplace(wanted, slot{file, ++clock_});
}

void reader::forget(const key &wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  slots_.erase(wanted);
}

void reader::drop(const share &of) {
  std::vector<std::shared_ptr<const descriptor>> dropped; // closed without the lock
  std::lock_guard<std::mutex> lock(mutex_);
  auto first = slots_.lower_bound({&of, 0});
  auto last = first;
  while (last != slots_.end() && last->first.first == &of) {
    dropped.push_back(std::move(last->second.file));
    ++last;
  }
  slots_.erase(first, last);
}

} // namespace bt
