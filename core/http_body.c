// The body of an answer: strings and ranges of files in a row, read once from front to back.
#include "http_body.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Texts lie in one block that grows, so parts know them by their place in it.
typedef struct {
  uint64_t length;
  size_t text;   // the bytes themselves, the file's path, or the part whose CRC-32 this is
  size_t root;   // the file's root; `no_root` for bytes, `no_root_crc` for a CRC-32
  uint64_t skip; // where the range begins in the file
  uint64_t size;
  int64_t mtime_ns;
  int64_t ctime_ns;
  uint64_t inode;
  uint32_t crc; // of what was read so far, where it is `summed`
  bool summed;
} body_part;

static const size_t no_root = SIZE_MAX;
static const size_t no_root_crc = SIZE_MAX - 1;

struct bt_body {
  body_part *parts;
  size_t part_count, part_room;
  char *text;
  size_t text_length, text_room;
  uint64_t length;
  size_t last_root; // the root of the file added last
  bool has_files;

  size_t part;   // being read
  uint64_t done; // of it
  int fd;        // of file `fd_part`
  size_t fd_part;
  int root_fd; // of the root at `root_open`
  size_t root_open;
  bool broken;
};

bt_body *bt_body_new(void) {
  bt_body *body = calloc(1, sizeof *body);
  if (!body) return NULL;
  body->fd = body->root_fd = -1;
  body->last_root = body->root_open = no_root;
  return body;
}

void bt_body_free(bt_body *body) {
  if (!body) return;
  if (body->fd >= 0) close(body->fd);
  if (body->root_fd >= 0) close(body->root_fd);
  free(body->parts);
  free(body->text);
  free(body);
}

static bool add_text(bt_body *body, const char *bytes, size_t length, size_t *at) {
  if (length > body->text_room - body->text_length) {
    size_t room = body->text_length + length;
    if (room < length) return false;
    if (body->text_room > 0) room += room / 2;
    char *text = realloc(body->text, room);
    if (!text) return false;
    body->text = text;
    body->text_room = room;
  }
  *at = body->text_length;
  if (length > 0) memcpy(body->text + body->text_length, bytes, length);
  body->text_length += length;
  return true;
}

// As add_text, for what is a string to the system.
static bool add_string(bt_body *body, const char *bytes, size_t length, size_t *at) {
  size_t terminator;
  return add_text(body, bytes, length, at) && add_text(body, "", 1, &terminator);
}

static bool add_part(bt_body *body, const body_part *part) {
  if (body->part_count == body->part_room) {
    size_t room = body->part_room ? body->part_room * 2 : 1;
    body_part *parts = reallocarray(body->parts, room, sizeof *parts);
    if (!parts) return false;
    body->parts = parts;
    body->part_room = room;
  }
  body->parts[body->part_count++] = *part;
  body->length += part->length;
  return true;
}

static bool is_file(const body_part *part) {
  return part->root != no_root && part->root != no_root_crc;
}

// Bytes that follow bytes are one part with them.
bool bt_body_add_bytes(bt_body *body, const char *bytes, size_t length) {
  body_part part = {.length = length, .root = no_root};
  if (length == 0) return true;
  if (!add_text(body, bytes, length, &part.text)) return false;
  body_part *last = body->part_count > 0 ? &body->parts[body->part_count - 1] : NULL;
  if (!last || last->root != no_root || last->text + last->length != part.text)
    return add_part(body, &part);
  last->length += length;
  body->length += length;
  return true;
}

bool bt_body_add_file(bt_body *body, const char *root, const bt_file *file, uint64_t offset,
                      uint64_t length) {
  if (body->last_root == no_root || strcmp(body->text + body->last_root, root) != 0)
    if (!add_string(body, root, strlen(root), &body->last_root)) return false;
  body_part part = {
      .length = length,
      .root = body->last_root,
      .skip = offset,
      .size = file->size,
      .mtime_ns = file->mtime_ns,
      .ctime_ns = file->ctime_ns,
      .inode = file->inode,
  };
  if (!add_string(body, file->path, file->path_length, &part.text)) return false;
  body->has_files = true;
  return add_part(body, &part);
}

bool bt_body_add_crc(bt_body *body, size_t part) {
  if (part >= body->part_count) return false;
  body_part *file = &body->parts[part];
  if (!is_file(file) || file->skip != 0 || file->length != file->size) return false;
  body_part sum = {.length = 4, .root = no_root_crc, .text = part};
  file->summed = true;
  return add_part(body, &sum);
}

uint64_t bt_body_length(const bt_body *body) {
  return body->length;
}

size_t bt_body_parts(const bt_body *body) {
  return body->part_count;
}

bool bt_body_has_files(const bt_body *body) {
  return body->has_files;
}

const char *bt_body_bytes(const bt_body *body) {
  if (body->part_count == 0) return "";
  return body->part_count == 1 && body->parts[0].root == no_root ? body->text + body->parts[0].text
                                                                 : NULL;
}

static int64_t nanoseconds(const struct timespec *time) {
  return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

// The change time tells of every write and every exchange, also of those that put the
// modification time back.
static bool is_as_described(int fd, const body_part *part) {
  struct stat now;
  return fstat(fd, &now) == 0 && S_ISREG(now.st_mode) && (uint64_t)now.st_size == part->size &&
         nanoseconds(&now.st_mtim) == part->mtime_ns &&
         nanoseconds(&now.st_ctim) == part->ctime_ns && now.st_ino == part->inode;
}

static bool open_root(bt_body *body, size_t root) {
  if (body->root_open == root) return true;
  if (body->root_fd >= 0) close(body->root_fd);
  body->root_open = no_root;
  body->root_fd = open(body->text + root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (body->root_fd < 0) return false;
  body->root_open = root;
  return true;
}

// errno tells why it failed; 0: the file is another one by now. A FIFO must not block (openat2(2)).
static bool open_part(bt_body *body, size_t index) {
  if (body->fd >= 0 && body->fd_part == index) return true;
  const body_part *part = &body->parts[index];
  struct open_how how = {
      .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };
  if (body->fd >= 0) close(body->fd);
  body->fd = -1;
  if (!open_root(body, part->root)) return false;
  int fd = (int)syscall(SYS_openat2, body->root_fd, body->text + part->text, &how, sizeof how);
  if (fd < 0) return false;
  if (!is_as_described(fd, part)) {
    close(fd);
    errno = 0;
    return false;
  }
  body->fd = fd;
  body->fd_part = index;
  return true;
}

bool bt_body_open(bt_body *body, bt_error *error) {
  size_t first = 0;
  while (first < body->part_count && !is_file(&body->parts[first]))
    first++;
  if (first == body->part_count || open_part(body, first)) return true;
  bool is_short = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
  return bt_fail(error, is_short ? BT_BUSY : BT_GONE, "%s", body->text + body->parts[first].text);
}

// What was read counts only if the file is still the same afterwards. A file system that cannot
// read without waiting may wait for fstat(2) too: where preadv2(2) did not, that does not either.
static ssize_t read_file(bt_body *body, char *bytes, size_t size, bool may_wait) {
  const body_part *part = &body->parts[body->part];
  bool is_open = body->fd >= 0 && body->fd_part == body->part;
  if (!may_wait && !is_open) return bt_body_waits;
  if (!open_part(body, body->part)) return -1;
  struct iovec room = {bytes, size};
  ssize_t count;
  do
    count =
        preadv2(body->fd, &room, 1, (off_t)(part->skip + body->done), may_wait ? 0 : RWF_NOWAIT);
  while (count < 0 && errno == EINTR);
  if (count < 0 && !may_wait && (errno == EAGAIN || errno == EOPNOTSUPP)) return bt_body_waits;
  return count > 0 && is_as_described(body->fd, part) ? count : -1;
}

// A file part that ends before this one, as all do that it may name, has its whole sum by now.
static void write_crc(const bt_body *body, const body_part *part, char bytes[static 4]) {
  uint32_t crc = body->parts[part->text].crc;
  for (int i = 0; i < 4; i++)
    bytes[i] = (char)(crc >> (8 * i));
}

static ssize_t read_part(bt_body *body, char *bytes, size_t size, bool may_wait) {
  body_part *part = &body->parts[body->part];
  if (size > part->length - body->done) size = (size_t)(part->length - body->done);
  if (is_file(part)) {
    ssize_t count = size > 0 ? read_file(body, bytes, size, may_wait) : 0;
    if (count > 0 && part->summed) part->crc = libdeflate_crc32(part->crc, bytes, (size_t)count);
    return count;
  }
  char crc[4];
  const char *from = crc;
  if (part->root == no_root_crc)
    write_crc(body, part, crc);
  else
    from = body->text + part->text;
  memcpy(bytes, from + body->done, size);
  return (ssize_t)size;
}

static ssize_t read_parts(bt_body *body, char *bytes, size_t size, bool may_wait) {
  size_t total = 0;
  while (total < size && body->part < body->part_count && !body->broken) {
    ssize_t count = read_part(body, bytes + total, size - total, may_wait);
    if (count == bt_body_waits) return total > 0 ? (ssize_t)total : bt_body_waits;
    if (count < 0) {
      body->broken = true;
      break;
    }
    total += (size_t)count;
    body->done += (uint64_t)count;
    if (body->done < body->parts[body->part].length) continue;
    body->part++;
    body->done = 0;
  }
  return total == 0 && body->broken ? -1 : (ssize_t)total;
}

ssize_t bt_body_read(bt_body *body, char *bytes, size_t size) {
  return read_parts(body, bytes, size, true);
}

ssize_t bt_body_read_at_once(bt_body *body, char *bytes, size_t size) {
  return read_parts(body, bytes, size, false);
}

const char *bt_body_root(const bt_body *body) {
  return body->last_root == no_root ? "" : body->text + body->last_root;
}
