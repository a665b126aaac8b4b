// The manifest of a share, packed into one run of bytes.
#include "manifest.h"

#include <string.h>

enum { fixed_length = 5 * 8 };

static uint64_t read_u64(const char *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--)
    value = value << 8 | (unsigned char)bytes[i];
  return value;
}

static char *write_u64(char *bytes, uint64_t value) {
  for (int i = 0; i < 8; i++)
    bytes[i] = (char)(value >> (8 * i) & 0xff);
  return bytes + 8;
}

bool bt_manifest_next(bt_manifest_reader *reader, bt_file *file) {
  size_t left = reader->length - reader->position;
  if (left < fixed_length) return false;
  const char *at = reader->bytes + reader->position;
  uint64_t path_length = read_u64(at + 32);
  if (path_length > left - fixed_length) return false;
  *file = (bt_file){
      .size = read_u64(at),
      .mtime_ns = (int64_t)read_u64(at + 8),
      .ctime_ns = (int64_t)read_u64(at + 16),
      .inode = read_u64(at + 24),
      .path = at + fixed_length,
      .path_length = (size_t)path_length,
  };
  reader->position += fixed_length + (size_t)path_length;
  return true;
}

bool bt_manifest_is_whole(const bt_manifest_reader *reader) {
  return reader->position == reader->length;
}

static bool is_plain_component(const char *name, size_t length) {
  if (length == 0) return false;
  if (name[0] != '.') return true;
  return !(length == 1 || (length == 2 && name[1] == '.'));
}

static bool is_relative_path(const char *path, size_t length) {
  if (memchr(path, 0, length)) return false;
  size_t start = 0;
  for (size_t i = 0; i <= length; i++) {
    if (i < length && path[i] != '/') continue;
    if (!is_plain_component(path + start, i - start)) return false;
    start = i + 1;
  }
  return true;
}

bool bt_manifest_check(const char *bytes, size_t length, uint64_t *files, uint64_t *size,
                       bt_error *error) {
  bt_manifest_reader reader = {bytes, length, 0};
  bt_file file;
  uint64_t count = 0, total = 0;
  while (bt_manifest_next(&reader, &file)) {
    if (!is_relative_path(file.path, file.path_length))
      return bt_fail(error, BT_INVALID, "manifest: file %llu has no relative path",
                     (unsigned long long)count + 1);
    if (file.size > INT64_MAX - total)
      return bt_fail(error, BT_INVALID, "manifest: sizes add up to more than 2^63 bytes");
    count++;
    total += file.size;
  }
  if (!bt_manifest_is_whole(&reader)) return bt_fail(error, BT_INVALID, "manifest: cut short");
  if (files) *files = count;
  if (size) *size = total;
  return true;
}

size_t bt_manifest_file_length(const bt_file *file) {
  return fixed_length + file->path_length;
}

size_t bt_manifest_write(char *bytes, const bt_file *file) {
  char *at = write_u64(bytes, file->size);
  at = write_u64(at, (uint64_t)file->mtime_ns);
  at = write_u64(at, (uint64_t)file->ctime_ns);
  at = write_u64(at, file->inode);
  at = write_u64(at, file->path_length);
  memcpy(at, file->path, file->path_length);
  return bt_manifest_file_length(file);
}
