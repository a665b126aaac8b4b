// Reading one chunk of a plan and hashing it on the way.
#include "hasher_read.h"

#include "beneath.h"
#include "hasher_sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bt_chunk_reader {
  bt_sums *sums;
  size_t read_size;
  unsigned char *buffer;
  // The chunk at hand.
  bt_plan *plan;
  uint64_t position; // in the torrent, of the next byte for SHA-1
  bt_merkle tree;    // of the v2 piece at hand
  uint32_t crc;
};

bt_chunk_reader *bt_chunk_reader_open(size_t read_size) {
  bt_chunk_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->read_size = (read_size + bt_leaf_length - 1) / bt_leaf_length * bt_leaf_length;
  reader->sums = bt_sums_open();
  reader->buffer = aligned_alloc(4096, reader->read_size);
  if (reader->sums && reader->buffer) return reader;
  bt_chunk_reader_close(reader);
  return NULL;
}

void bt_chunk_reader_close(bt_chunk_reader *reader) {
  if (!reader) return;
  bt_sums_close(reader->sums);
  free(reader->buffer);
  free(reader);
}

static int64_t nanoseconds(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool fail_file(bt_error *error, const bt_file *file, int number) {
  int length = file->path_length > 160 ? 160 : (int)file->path_length;
  if (number == ENOENT || number == ENOTDIR || number == ELOOP || number == EXDEV ||
      number == ENXIO)
    return bt_fail(error, BT_GONE, "%.*s: changed since it was listed", length, file->path);
  return bt_fail_errno(error, number, "%.*s", length, file->path);
}

static bool check_same(int fd, const bt_file *file, bt_error *error) {
  struct stat now;
  if (fstat(fd, &now) != 0) return fail_file(error, file, errno);
  bool is_same = S_ISREG(now.st_mode) && (uint64_t)now.st_size == file->size &&
                 nanoseconds(now.st_mtim) == file->mtime_ns &&
                 nanoseconds(now.st_ctim) == file->ctime_ns && now.st_ino == file->inode;
  return is_same || fail_file(error, file, ENOENT);
}

// Returns the file open, or -1 with `error` filled.
static int open_file(int folder, const bt_file *file, bt_error *error) {
  char *path = strndup(file->path, file->path_length);
  if (!path) {
    fail_file(error, file, ENOMEM);
    return -1;
  }
  int fd = bt_beneath_open(folder, path, O_RDONLY);
  free(path);
  if (fd < 0)
    fail_file(error, file, -fd);
  else if (!check_same(fd, file, error)) {
    close(fd);
    fd = -1;
  }
  return fd < 0 ? -1 : fd;
}

// Returns the folder that the manifest's paths are relative to, or -1 with `error` filled.
static int open_base(const bt_chunk_source *source, bt_error *error) {
  int root = bt_beneath_root(source->root, error);
  if (root < 0 || !*source->base) {
    if (root < 0 && error->code == BT_MISSING) error->code = BT_GONE;
    return root;
  }
  int base = bt_beneath_open(root, source->base, O_PATH | O_DIRECTORY);
  close(root);
  if (base >= 0) return base;
  bt_file folder = {.path = source->base, .path_length = strlen(source->base)};
  fail_file(error, &folder, -base);
  return -1;
}

static void add_to_pieces(bt_chunk_reader *reader, const unsigned char *data, size_t length) {
  bt_plan *plan = reader->plan;
  while (length > 0) {
    uint64_t inside = reader->position % plan->piece_length;
    if (inside == 0) bt_sums_piece_begin(reader->sums);
    uint64_t room = plan->piece_length - inside;
    size_t part = length < room ? length : (size_t)room;
    bt_sums_piece_add(reader->sums, data, part);
    reader->position += part;
    data += part;
    length -= part;
    if (part == room || reader->position == plan->length) {
      uint64_t piece = (reader->position - 1) / plan->piece_length;
      bt_sums_piece_end(reader->sums, plan->result.pieces + piece * bt_sha1_length);
    }
  }
}

static void pad_piece(bt_chunk_reader *reader) {
  static const unsigned char zeros[1 << 16];
  const bt_plan *plan = reader->plan;
  while (reader->position < plan->length && reader->position % plan->piece_length != 0) {
    uint64_t room = plan->piece_length - reader->position % plan->piece_length;
    add_to_pieces(reader, zeros, room < sizeof zeros ? (size_t)room : sizeof zeros);
  }
}

static void end_v2_piece(bt_chunk_reader *reader, const bt_plan_file *file, uint64_t piece) {
  bt_plan *plan = reader->plan;
  unsigned char *root;
  uint64_t width;
  if (file->is_large) {
    root = plan->result.layers + (file->layer + piece) * bt_sha256_length;
    width = plan->piece_length / bt_leaf_length;
  } else {
    root = plan->result.roots + (size_t)(file - plan->files) * bt_sha256_length;
    width = bt_merkle_width(reader->tree.count);
  }
  bt_merkle_end(reader->sums, &reader->tree, width, 0, root);
  bt_merkle_begin(&reader->tree);
}

// `offset` is in the file and at a block's start, as every read is where files start at pieces.
static void add_to_tree(bt_chunk_reader *reader, const bt_plan_file *file, uint64_t offset,
                        const unsigned char *data, size_t length) {
  while (length > 0) {
    size_t block = length < bt_leaf_length ? length : bt_leaf_length;
    unsigned char leaf[bt_sha256_length];
    bt_sums_sha256(reader->sums, data, block, leaf);
    bt_merkle_add(reader->sums, &reader->tree, leaf);
    data += block;
    offset += block;
    length -= block;
    if (offset % reader->plan->piece_length == 0 || offset == file->file.size)
      end_v2_piece(reader, file, (offset - 1) / reader->plan->piece_length);
  }
}

static bool fill(int fd, unsigned char *buffer, size_t length, uint64_t offset, const bt_file *file,
                 bt_error *error) {
  size_t filled = 0;
  while (filled < length) {
    ssize_t count = pread(fd, buffer + filled, length - filled, (off_t)(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_file(error, file, errno);
    if (count == 0) return fail_file(error, file, ENOENT); // it became shorter
    filled += (size_t)count;
  }
  return true;
}

static void add_read(bt_chunk_reader *reader, const bt_plan_file *file, uint64_t offset,
                     size_t length) {
  bt_hash_format format = reader->plan->format;
  if (!file->is_unchanged) reader->crc = bt_sums_crc(reader->crc, reader->buffer, length);
  if (format != BT_HASH_FORMAT_V2) add_to_pieces(reader, reader->buffer, length);
  if (format != BT_HASH_FORMAT_V1 && !file->is_unchanged)
    add_to_tree(reader, file, offset, reader->buffer, length);
}

static bool read_range(bt_chunk_reader *reader, int fd, const bt_plan_file *file, uint64_t from,
                       uint64_t to, const bt_chunk_source *source, bt_error *error) {
  posix_fadvise(fd, (off_t)from, (off_t)(to - from), POSIX_FADV_SEQUENTIAL);
  while (from < to) {
    size_t length = to - from < reader->read_size ? (size_t)(to - from) : reader->read_size;
    if (!fill(fd, reader->buffer, length, from, &file->file, error)) return false;
    add_read(reader, file, from, length);
    from += length;
    if (!source->advance(source->context, length)) return bt_fail(error, BT_GONE, "stopped");
  }
  return check_same(fd, &file->file, error);
}

static void write_crc(bt_plan *plan, size_t index, uint32_t crc) {
  unsigned char *place = plan->result.crcs + index * 4;
  for (int i = 0; i < 4; i++)
    place[i] = (unsigned char)(crc >> (8 * i));
}

static uint32_t read_crc(const bt_plan *plan, size_t index) {
  const unsigned char *place = plan->result.crcs + index * 4;
  return (uint32_t)place[0] | (uint32_t)place[1] << 8 | (uint32_t)place[2] << 16 |
         (uint32_t)place[3] << 24;
}

static void keep_crc(bt_chunk_reader *reader, bt_plan_chunk *chunk, size_t index, uint64_t from,
                     uint64_t to) {
  const bt_plan_file *file = &reader->plan->files[index];
  if (file->is_unchanged) return;
  if (from == 0 && to == file->file.size)
    write_crc(reader->plan, index, reader->crc);
  else
    chunk->parts[to < file->file.size] = (bt_plan_part){index, to - from, reader->crc};
}

static bool read_file(bt_chunk_reader *reader, int folder, bt_plan_chunk *chunk, size_t index,
                      uint64_t end, const bt_chunk_source *source, bt_error *error) {
  const bt_plan_file *file = &reader->plan->files[index];
  uint64_t from = reader->position > file->start ? reader->position - file->start : 0;
  uint64_t to = (bt_plan_end(file) < end ? bt_plan_end(file) : end) - file->start;
  int fd = open_file(folder, &file->file, error);
  if (fd < 0) return false;
  reader->crc = 0;
  bt_merkle_begin(&reader->tree);
  bool succeeded = read_range(reader, fd, file, from, to, source, error);
  close(fd);
  if (!succeeded) return false;
  keep_crc(reader, chunk, index, from, to);
  if (reader->plan->format == BT_HASH_FORMAT_HYBRID) pad_piece(reader);
  return true;
}

bool bt_chunk_read(bt_chunk_reader *reader, bt_plan *plan, bt_plan_chunk *chunk,
                   const bt_chunk_source *source, bt_error *error) {
  int folder = open_base(source, error);
  if (folder < 0) return false;
  reader->plan = plan;
  reader->position = chunk->first_piece * plan->piece_length;
  uint64_t end = chunk->end_piece * plan->piece_length;
  bool succeeded = true;
  for (size_t i = chunk->first_file; succeeded && i < plan->file_count; i++) {
    if (plan->files[i].start >= end) break;
    if (plan->files[i].file.size == 0) continue;
    succeeded = read_file(reader, folder, chunk, i, end, source, error);
  }
  close(folder);
  return succeeded;
}

bool bt_chunk_check_empty(const bt_plan *plan, const bt_chunk_source *source, bt_error *error) {
  int folder = -1;
  bool succeeded = true;
  for (size_t i = 0; succeeded && i < plan->file_count; i++) {
    const bt_plan_file *file = &plan->files[i];
    if (file->file.size > 0 || file->is_unchanged) continue;
    if (folder < 0) folder = open_base(source, error);
    if (folder < 0) return false;
    int fd = open_file(folder, &file->file, error);
    succeeded = fd >= 0;
    if (fd >= 0) close(fd);
  }
  if (folder >= 0) close(folder);
  return succeeded;
}

static void join_layer(bt_chunk_reader *reader, bt_plan *plan, size_t index) {
  const bt_plan_file *file = &plan->files[index];
  uint64_t pieces = (file->file.size + plan->piece_length - 1) / plan->piece_length;
  int level = 0;
  while ((uint64_t)bt_leaf_length << level < plan->piece_length)
    level++;
  bt_merkle_begin(&reader->tree);
  for (uint64_t i = 0; i < pieces; i++)
    bt_merkle_add(reader->sums, &reader->tree,
                  plan->result.layers + (file->layer + i) * bt_sha256_length);
  bt_merkle_end(reader->sums, &reader->tree, bt_merkle_width(pieces), level,
                plan->result.roots + index * bt_sha256_length);
}

void bt_chunk_join(bt_chunk_reader *reader, bt_plan *plan) {
  for (size_t i = 0; i < plan->chunk_count; i++)
    for (int j = 0; j < 2; j++) {
      const bt_plan_part *part = &plan->chunks[i].parts[j];
      if (part->length == 0) continue;
      uint32_t crc = bt_sums_crc_join(read_crc(plan, part->file), part->crc, part->length);
      write_crc(plan, part->file, crc);
    }
  if (plan->format == BT_HASH_FORMAT_V1) return;
  for (size_t i = 0; i < plan->file_count; i++)
    if (plan->files[i].is_large && !plan->files[i].is_unchanged) join_layer(reader, plan, i);
}
