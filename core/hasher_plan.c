// What a hash job has to read.
#include "hasher_plan.h"

#include "hasher_layout.h"
#include "hasher_sums.h"

#include <stdlib.h>
#include <string.h>

// Bytes a thread takes at a time: small enough that all cores end together and that a small job
// gets its turn beside a large one, large enough that opening files costs nothing.
static const uint64_t chunk_size = 16 << 20;

static bool allocate_result(bt_plan *plan) {
  bt_hash_result *result = &plan->result;
  const bt_plan_file *last = plan->file_count ? &plan->files[plan->file_count - 1] : NULL;
  if (plan->format != BT_HASH_FORMAT_V2) result->pieces_length = plan->pieces * bt_sha1_length;
  if (plan->format != BT_HASH_FORMAT_V1 && last) {
    uint64_t layers = last->layer;
    if (last->is_large) layers += bt_layout_pieces(last->file.size, plan->piece_length);
    result->roots_length = plan->file_count * bt_sha256_length;
    result->layers_length = layers * bt_sha256_length;
  }
  result->crcs_length = plan->file_count * 4;
  result->pieces = calloc(1, result->pieces_length + 1);
  result->roots = calloc(1, result->roots_length + 1);
  result->layers = calloc(1, result->layers_length + 1);
  result->crcs = calloc(1, result->crcs_length + 1);
  return result->pieces && result->roots && result->layers && result->crcs;
}

typedef struct {
  const bt_plan *plan;
  const bt_layout *old; // NULL: nothing can be reused
  size_t file;          // the first with bytes in the piece at hand or after it
} piece_walk;

static bool has_bytes_before(const bt_plan_file *file, uint64_t end) {
  return file->file.size > 0 && file->start < end;
}

// Sets `*old_piece` to the piece of the previous version that has the same bytes: all files in it
// are unchanged and moved by the same whole number of pieces, and it ends where the old one does.
static bool find_old_piece(const piece_walk *walk, uint64_t piece, uint64_t *old_piece) {
  const bt_plan *plan = walk->plan;
  if (!walk->old) return false;
  uint64_t start = piece * plan->piece_length, end = start + plan->piece_length;
  bool is_cut = end > plan->length;
  bool found = false;
  uint64_t moved = 0; // modulo 2^64
  for (size_t i = walk->file; i < plan->file_count; i++) {
    const bt_plan_file *file = &plan->files[i];
    if (file->start >= end) break;
    if (file->file.size == 0) continue;
    uint64_t distance = file->old_start - file->start;
    if (!file->is_unchanged || distance % plan->piece_length != 0) return false;
    if (found && distance != moved) return false;
    found = true;
    moved = distance;
  }
  *old_piece = (start + moved) / plan->piece_length;
  bool was_cut = start + moved + plan->piece_length > walk->old->length;
  // Two cut pieces with the same files end at the same place, unless the old one held one more.
  return found && is_cut == was_cut && (!is_cut || plan->length + moved == walk->old->length);
}

// In v2 alone a piece has bytes of one file only, and is reused with it.
static bool is_reusable(const piece_walk *walk, uint64_t piece, uint64_t *old_piece) {
  if (walk->plan->format != BT_HASH_FORMAT_V2) return find_old_piece(walk, piece, old_piece);
  return walk->plan->files[walk->file].is_unchanged;
}

static void skip_files_before(piece_walk *walk, uint64_t offset) {
  const bt_plan *plan = walk->plan;
  while (walk->file < plan->file_count && (plan->files[walk->file].file.size == 0 ||
                                           bt_plan_end(&plan->files[walk->file]) <= offset))
    walk->file++;
}

static uint64_t content_of_piece(const piece_walk *walk, uint64_t piece) {
  const bt_plan *plan = walk->plan;
  uint64_t start = piece * plan->piece_length, end = start + plan->piece_length, content = 0;
  for (size_t i = walk->file; i < plan->file_count && plan->files[i].start < end; i++) {
    if (!has_bytes_before(&plan->files[i], end)) continue;
    uint64_t from = plan->files[i].start > start ? plan->files[i].start : start;
    uint64_t to = bt_plan_end(&plan->files[i]) < end ? bt_plan_end(&plan->files[i]) : end;
    content += to - from;
  }
  return content;
}

// Adds a piece to the chunk that ends before it, or to a new one.
static bool add_to_chunks(bt_plan *plan, size_t *room, uint64_t piece, size_t file) {
  bt_plan_chunk *last = plan->chunk_count ? &plan->chunks[plan->chunk_count - 1] : NULL;
  if (last && last->end_piece == piece &&
      (piece + 1 - last->first_piece) * plan->piece_length <= chunk_size) {
    last->end_piece++;
    return true;
  }
  if (plan->chunk_count == *room) {
    *room = *room ? *room * 2 : 4;
    bt_plan_chunk *chunks = realloc(plan->chunks, *room * sizeof *chunks);
    if (!chunks) return false;
    plan->chunks = chunks;
  }
  plan->chunks[plan->chunk_count++] =
      (bt_plan_chunk){.first_piece = piece, .end_piece = piece + 1, .first_file = file};
  return true;
}

static bool divide(bt_plan *plan, const bt_layout *old, const bt_hash_previous *previous) {
  piece_walk walk = {plan, old, 0};
  const unsigned char *old_pieces = previous->pieces.data;
  size_t room = 0;
  for (uint64_t piece = 0; piece < plan->pieces; piece++) {
    skip_files_before(&walk, piece * plan->piece_length);
    uint64_t old_piece = 0;
    if (is_reusable(&walk, piece, &old_piece)) {
      if (plan->format != BT_HASH_FORMAT_V2)
        memcpy(plan->result.pieces + piece * bt_sha1_length,
               old_pieces + old_piece * bt_sha1_length, bt_sha1_length);
      continue;
    }
    plan->to_read += content_of_piece(&walk, piece);
    if (!add_to_chunks(plan, &room, piece, walk.file)) return false;
  }
  return true;
}

static bool fits(const bt_hash_previous *previous, const bt_layout *old) {
  bool has_v1 = previous->format != BT_HASH_FORMAT_V2,
       has_v2 = previous->format != BT_HASH_FORMAT_V1;
  return previous->pieces.length == (has_v1 ? old->pieces * bt_sha1_length : 0) &&
         previous->roots.length == (has_v2 ? old->file_count * bt_sha256_length : 0) &&
         previous->layers.length == (has_v2 ? old->layers * bt_sha256_length : 0) &&
         previous->crcs.length == old->file_count * 4;
}

static bool open_previous(const bt_hash_job *job, bt_layout *old) {
  const bt_hash_previous *previous = &job->previous;
  return previous->manifest.length > 0 && previous->piece_length == job->piece_length &&
         previous->format == job->format &&
         bt_layout_make(old, previous->manifest, job->format, job->piece_length, NULL) &&
         fits(previous, old);
}

static void reuse_file(bt_plan *plan, size_t index, const bt_hash_previous *previous,
                       const bt_plan_file *old, size_t old_index) {
  bt_plan_file *file = &plan->files[index];
  bt_hash_result *result = &plan->result;
  file->is_unchanged = true;
  file->old_start = old->start;
  memcpy(result->crcs + index * 4, (const char *)previous->crcs.data + old_index * 4, 4);
  if (plan->format == BT_HASH_FORMAT_V1) return;
  memcpy(result->roots + index * bt_sha256_length,
         (const char *)previous->roots.data + old_index * bt_sha256_length, bt_sha256_length);
  if (file->is_large)
    memcpy(result->layers + file->layer * bt_sha256_length,
           (const char *)previous->layers.data + old->layer * bt_sha256_length,
           bt_layout_pieces(file->file.size, plan->piece_length) * bt_sha256_length);
}

bool bt_plan_make(bt_plan *plan, const bt_hash_job *job, bt_error *error) {
  *plan = (bt_plan){.format = job->format, .piece_length = job->piece_length};
  bt_layout layout = {0}, old = {0};
  bool has_old = open_previous(job, &old);
  bool succeeded = false;
  if (!bt_layout_make(&layout, job->manifest, job->format, job->piece_length, error)) goto done;
  plan->files = layout.files;
  plan->file_count = layout.file_count;
  plan->length = layout.length;
  plan->pieces = layout.pieces;
  plan->size = layout.size;
  layout.files = NULL; // the plan's now
  succeeded = allocate_result(plan) && (!has_old || bt_layout_index(&old));
  for (size_t i = 0; succeeded && has_old && i < plan->file_count; i++) {
    const bt_plan_file *same = bt_layout_find(&old, &plan->files[i].file);
    if (same) reuse_file(plan, i, &job->previous, same, (size_t)(same - old.files));
  }
  succeeded = succeeded && divide(plan, has_old ? &old : NULL, &job->previous);
  if (!succeeded) bt_fail(error, BT_FULL, "hasher: no memory");
  plan->result.bytes_read = plan->to_read;
  plan->result.bytes_reused = plan->size - plan->to_read;
done:
  bt_layout_clear(&layout);
  bt_layout_clear(&old);
  if (!succeeded) bt_plan_clear(plan);
  return succeeded;
}

void bt_plan_clear(bt_plan *plan) {
  free(plan->files);
  free(plan->chunks);
  bt_hash_result_clear(&plan->result);
  *plan = (bt_plan){0};
}

void bt_hash_result_clear(bt_hash_result *result) {
  free(result->pieces);
  free(result->roots);
  free(result->layers);
  free(result->crcs);
  *result = (bt_hash_result){0};
}
