// Where each file of a manifest lies in its torrent.
#include "hasher_layout.h"

#include <stdlib.h>

// 2^26 v1 hashes are 1.3 GB, more than any client takes; below it all sums fit 64 bits.
static const uint64_t most_pieces = 1 << 26;

uint64_t bt_layout_pieces(uint64_t size, uint64_t piece_length) {
  return size / piece_length + (size % piece_length != 0);
}

static bool append(bt_layout *layout, size_t *room, const bt_file *file) {
  if (layout->file_count == *room) {
    *room = *room ? *room * 2 : 4;
    bt_plan_file *files = realloc(layout->files, *room * sizeof *files);
    if (!files) return false;
    layout->files = files;
  }
  layout->files[layout->file_count++] = (bt_plan_file){.file = *file};
  return true;
}

static void place(bt_layout *layout, bt_plan_file *file, bool is_aligned, uint64_t piece_length) {
  uint64_t size = file->file.size;
  if (is_aligned && size > 0)
    layout->length = bt_layout_pieces(layout->length, piece_length) * piece_length;
  file->start = layout->length;
  file->first_piece = file->start / piece_length;
  file->layer = layout->layers;
  file->is_large = size > piece_length;
  if (file->is_large) layout->layers += bt_layout_pieces(size, piece_length);
  layout->length += size;
  layout->size += size;
}

bool bt_layout_make(bt_layout *layout, bt_span manifest, bt_hash_format format,
                    uint64_t piece_length, bt_error *error) {
  bt_manifest_reader reader = {manifest.data, manifest.length, 0};
  bt_file file;
  size_t room = 0;
  while (bt_manifest_next(&reader, &file)) {
    if (!append(layout, &room, &file)) return bt_fail(error, BT_FULL, "hasher: no memory");
    bt_plan_file *added = &layout->files[layout->file_count - 1];
    if (bt_layout_pieces(file.size, piece_length) > most_pieces)
      return bt_fail(error, BT_INVALID, "piece length: too small for so many bytes");
    place(layout, added, format != BT_HASH_FORMAT_V1, piece_length);
    layout->pieces = bt_layout_pieces(layout->length, piece_length);
    if (layout->pieces > most_pieces)
      return bt_fail(error, BT_INVALID, "piece length: too small for so many bytes");
  }
  if (!bt_manifest_is_whole(&reader)) return bt_fail(error, BT_INVALID, "manifest: cut short");
  return true;
}

bool bt_layout_index(bt_layout *layout) {
  for (size_t i = 0; i < layout->file_count; i++) {
    const bt_file *file = &layout->files[i].file;
    if (!bt_map_put(&layout->paths, file->path, file->path_length, i, NULL)) return false;
  }
  return true;
}

const bt_plan_file *bt_layout_find(const bt_layout *layout, const bt_file *file) {
  const size_t *index = bt_map_find(&layout->paths, file->path, file->path_length);
  if (!index) return NULL;
  const bt_file *old = &layout->files[*index].file;
  bool is_same = old->size == file->size && old->mtime_ns == file->mtime_ns &&
                 old->ctime_ns == file->ctime_ns && old->inode == file->inode;
  return is_same ? &layout->files[*index] : NULL;
}

void bt_layout_clear(bt_layout *layout) {
  free(layout->files);
  bt_map_clear(&layout->paths);
  *layout = (bt_layout){0};
}
