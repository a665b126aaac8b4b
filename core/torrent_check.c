// Reads a .torrent from somebody else under limits.
#include "torrent_check.h"

#include "bencode.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is being gathered; `face` is handed out.
typedef struct {
  bt_torrent_summary face;
  bt_torrent_file *files;
  size_t room;
  uint64_t total;     // with pad files
  uint64_t v2_pieces; // every file begins a piece of its own
  bt_error *error;
} gathering;

// Of a file: what was read before it is known to be one.
typedef struct {
  bt_text elements[BT_TORRENT_DEPTH];
  size_t depth;
} path;

static bool refuse(gathering *to, const char *why) {
  return bt_fail(to->error, BT_INVALID, "torrent: %s", why);
}

// ---- dictionaries

static bool is_key(bt_text key, const char *name) {
  return key.length == strlen(name) && memcmp(key.bytes, name, key.length) == 0;
}

// The value of a key in a dictionary, or NULL.
static const char *find(const char *dictionary, const char *name) {
  const char *at = bt_bencode_enter(dictionary);
  while (bt_bencode_more(&at)) {
    bt_text key = bt_bencode_text(&at);
    if (is_key(key, name)) return at;
    at = bt_bencode_skip(at);
  }
  return NULL;
}

static bool find_integer(const char *dictionary, const char *name, int64_t *value) {
  const char *at = find(dictionary, name);
  if (!at || !bt_bencode_is_integer(at)) return false;
  *value = bt_bencode_integer(&at);
  return true;
}

static bool find_text(const char *dictionary, const char *name, bt_text *value) {
  const char *at = find(dictionary, name);
  if (!at || !bt_bencode_is_text(at)) return false;
  *value = bt_bencode_text(&at);
  return true;
}

// ---- names

static bool check_element(gathering *to, bt_text name) {
  if (name.length == 0) return refuse(to, "a file has an empty name");
  if (name.length > BT_TORRENT_ELEMENT) return refuse(to, "a name is longer than 240 bytes");
  if (memchr(name.bytes, '/', name.length) || memchr(name.bytes, 0, name.length) ||
      is_key(name, ".") || is_key(name, ".."))
    return refuse(to, "a name leads elsewhere");
  return true;
}

static bool add_element(gathering *to, path *of, bt_text name) {
  if (!check_element(to, name)) return false;
  if (of->depth == BT_TORRENT_DEPTH) return refuse(to, "folders are nested deeper than 32");
  of->elements[of->depth++] = name;
  return true;
}

static char *copy_path(const char *name, const path *of) {
  size_t length = strlen(name) + 1;
  for (size_t i = 0; i < of->depth; i++)
    length += of->elements[i].length + 1;
  char *made = malloc(length), *to = made;
  if (!made) return NULL;
  to = stpcpy(to, name);
  for (size_t i = 0; i < of->depth; i++) {
    *to++ = '/';
    memcpy(to, of->elements[i].bytes, of->elements[i].length);
    to += of->elements[i].length;
  }
  *to = 0;
  return made;
}

// ---- files

static bool keep_file(gathering *to, const path *of, uint64_t size) {
  if (to->face.file_count == BT_TORRENT_FILES) return refuse(to, "has more than 50,000 files");
  if (to->face.file_count == to->room) {
    size_t room = to->room ? to->room * 2 : 16;
    bt_torrent_file *files = realloc(to->files, room * sizeof *files);
    if (!files) return bt_fail(to->error, BT_FULL, "torrent: no memory");
    to->files = files;
    to->room = room;
  }
  char *copied = copy_path(to->face.name, of);
  if (!copied) return bt_fail(to->error, BT_FULL, "torrent: no memory");
  to->files[to->face.file_count++] = (bt_torrent_file){copied, size};
  to->face.size += size;
  return true;
}

// `entry` is the dictionary of the file, with its attributes (BEP 47).
static bool add_file(gathering *to, const char *entry, const path *of, int64_t size,
                     int64_t piece_length) {
  bt_text attributes = {"", 0};
  find_text(entry, "attr", &attributes);
  if (memchr(attributes.bytes, 'l', attributes.length) || find(entry, "symlink path"))
    return refuse(to, "holds a symbolic link");
  if (size < 0 || (uint64_t)size > BT_TORRENT_SIZE - to->total)
    return refuse(to, "is larger than 16 TiB, or a size is negative");
  to->total += (uint64_t)size;
  to->v2_pieces += ((uint64_t)size + (uint64_t)piece_length - 1) / (uint64_t)piece_length;
  if (memchr(attributes.bytes, 'p', attributes.length)) return true;
  return keep_file(to, of, (uint64_t)size);
}

static bool read_path(gathering *to, const char *list, path *of) {
  if (!bt_bencode_is_list(list)) return refuse(to, "the path of a file is no list");
  of->depth = 0;
  const char *at = bt_bencode_enter(list);
  while (bt_bencode_more(&at)) {
    if (!bt_bencode_is_text(at)) return refuse(to, "the path of a file holds no text");
    if (!add_element(to, of, bt_bencode_text(&at))) return false;
  }
  return of->depth || refuse(to, "a file has no name");
}

static bool read_v1_file(gathering *to, const char *entry, int64_t piece_length) {
  if (!bt_bencode_is_dictionary(entry)) return refuse(to, "a file is no dictionary");
  int64_t size;
  if (!find_integer(entry, "length", &size)) return refuse(to, "a file has no size");
  const char *list = find(entry, "path"), *utf8 = find(entry, "path.utf-8");
  path of;
  if (!list) return refuse(to, "a file has no path");
  if (!read_path(to, list, &of) || (utf8 && !read_path(to, utf8, &of))) return false;
  return add_file(to, entry, &of, size, piece_length);
}

static bool read_v1_files(gathering *to, const char *files, int64_t piece_length) {
  if (!bt_bencode_is_list(files)) return refuse(to, "its files are no list");
  const char *at = bt_bencode_enter(files);
  // Counted with pad files, which cost as much.
  for (size_t count = 0; bt_bencode_more(&at); count++) {
    if (count == 2 * BT_TORRENT_FILES) return refuse(to, "has more than 50,000 files");
    if (!read_v1_file(to, at, piece_length)) return false;
    at = bt_bencode_skip(at);
  }
  return true;
}

// A tree holds names; behind each a tree again, or, under the empty name, the file itself.
static bool read_tree(gathering *to, const char **at, path *of, int64_t piece_length) {
  if (!bt_bencode_is_dictionary(*at)) return refuse(to, "its file tree is no dictionary");
  *at = bt_bencode_enter(*at);
  while (bt_bencode_more(at)) {
    bt_text name = bt_bencode_text(at);
    if (name.length == 0) {
      int64_t size;
      if (!bt_bencode_is_dictionary(*at) || !find_integer(*at, "length", &size))
        return refuse(to, "a file has no size");
      if (of->depth == 0) return refuse(to, "a file has no name");
      if (!add_file(to, *at, of, size, piece_length)) return false;
      *at = bt_bencode_skip(*at);
      continue;
    }
    if (!add_element(to, of, name) || !read_tree(to, at, of, piece_length)) return false;
    of->depth--;
  }
  return true;
}

// ---- equal names

static uint64_t fold(const char *text) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte >= 'A' && byte <= 'Z') byte = (unsigned char)(byte | 0x20);
    hash = (hash ^ byte) * 0x100000001b3;
  }
  return hash;
}

static int compare(const void *one, const void *other) {
  uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
  return a < b ? -1 : a > b;
}

// Names whose hashes are equal count as equal: who makes them so gains nothing.
static bool check_names(gathering *to) {
  size_t count = to->face.file_count, run = 0;
  uint64_t *hashes = malloc((count + 1) * sizeof *hashes);
  if (!hashes) return bt_fail(to->error, BT_FULL, "torrent: no memory");
  for (size_t i = 0; i < count; i++)
    hashes[i] = fold(to->files[i].path);
  qsort(hashes, count, sizeof *hashes, compare);
  bool is_fine = true;
  for (size_t i = 0; i < count && is_fine; i++) {
    run = i && hashes[i] == hashes[i - 1] ? run + 1 : 1;
    is_fine = run <= BT_TORRENT_EQUAL_NAMES;
  }
  free(hashes);
  return is_fine || refuse(to, "has more than 500 files of the same name");
}

// ---- the whole

static bool read_name(gathering *to, const char *info) {
  bt_text name, utf8;
  if (!find_text(info, "name", &name)) return refuse(to, "has no name");
  if (!check_element(to, name)) return false;
  if (find_text(info, "name.utf-8", &utf8)) {
    if (!check_element(to, utf8)) return false;
    name = utf8;
  }
  to->face.name = strndup(name.bytes, name.length);
  return to->face.name || bt_fail(to->error, BT_FULL, "torrent: no memory");
}

static bool read_v1(gathering *to, const char *info, const char *files, int64_t piece_length) {
  int64_t size;
  path none = {.depth = 0};
  if (files) {
    if (!read_v1_files(to, files, piece_length)) return false;
  } else if (!find_integer(info, "length", &size)) {
    return refuse(to, "has neither files nor a size");
  } else if (!add_file(to, info, &none, size, piece_length)) {
    return false;
  }
  bt_text pieces;
  uint64_t count = (to->total + (uint64_t)piece_length - 1) / (uint64_t)piece_length;
  if (count > BT_TORRENT_PIECES) return refuse(to, "has more than 200,000 pieces");
  if (!find_text(info, "pieces", &pieces) || pieces.length != count * 20)
    return refuse(to, "its hashes do not fit its size");
  return true;
}

static bool read_v2(gathering *to, const char *info, const char *tree, int64_t piece_length) {
  int64_t version;
  path of = {.depth = 0};
  if (!find_integer(info, "meta version", &version) || version != 2)
    return refuse(to, "is of an unknown version");
  if (piece_length & (piece_length - 1)) return refuse(to, "its pieces are no power of two");
  return read_tree(to, &tree, &of, piece_length);
}

static void forget_files(gathering *to) {
  for (size_t i = 0; i < to->face.file_count; i++)
    free((char *)to->files[i].path);
  to->face.file_count = 0;
  to->face.size = to->total = to->v2_pieces = 0;
}

// A single file has no folder: libtorrent names it by the torrent's name alone.
static void shorten_single(gathering *to) {
  size_t length = strlen(to->face.name);
  if (to->face.file_count != 1) return;
  char *only = (char *)to->files[0].path;
  if (strlen(only) == 2 * length + 1 && strcmp(only + length + 1, to->face.name) == 0)
    only[length] = 0;
}

// Both halves of a hybrid are checked; the files are those of v1, as its names are shown.
static bool read_info(gathering *to, const char *info) {
  int64_t piece_length, is_private = 0;
  if (!find_integer(info, "piece length", &piece_length) || piece_length < BT_TORRENT_PIECE_MIN ||
      piece_length > BT_TORRENT_PIECE_MAX)
    return refuse(to, "its pieces are smaller than 16 KiB, or larger than 16 MiB");
  find_integer(info, "private", &is_private);
  to->face.is_private = is_private == 1;
  if (!read_name(to, info)) return false;
  const char *files = find(info, "files"), *tree = find(info, "file tree");
  bool is_v1 = files || find(info, "length");
  if (tree) {
    if (!read_v2(to, info, tree, piece_length)) return false;
    if (to->v2_pieces > BT_TORRENT_PIECES) return refuse(to, "has more than 200,000 pieces");
    if (!check_names(to)) return false;
    if (is_v1)
      forget_files(to);
    else
      shorten_single(to);
  }
  if ((is_v1 || !tree) && !read_v1(to, info, files, piece_length)) return false;
  if (to->total == 0) return refuse(to, "holds nothing");
  return check_names(to);
}

static bool is_findable(const char *whole) {
  return find(whole, "announce") || find(whole, "announce-list") || find(whole, "url-list") ||
         find(whole, "nodes");
}

static bool write_hash(gathering *to, const char *info) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  bool is_v1 = find(info, "files") || find(info, "length");
  size_t length = (size_t)(bt_bencode_skip(info) - info);
  if (!EVP_Digest(info, length, digest, NULL, is_v1 ? EVP_sha1() : EVP_sha256(), NULL))
    return bt_fail(to->error, BT_FAILED, "torrent: cannot be hashed");
  for (size_t i = 0; i < 20; i++)
    snprintf(to->face.info_hash + 2 * i, 3, "%02x", digest[i]);
  return true;
}

static bool read_whole(gathering *to, const char *bytes, size_t length) {
  if (length > BT_TORRENT_BYTES) return refuse(to, "is larger than 4 MiB");
  bt_error wrong;
  if (!bt_bencode_check(bytes, length, &wrong)) return refuse(to, wrong.message);
  if (!bt_bencode_is_dictionary(bytes)) return refuse(to, "is no dictionary");
  const char *info = find(bytes, "info");
  if (!info || !bt_bencode_is_dictionary(info)) return refuse(to, "describes no files");
  to->face.is_findable = is_findable(bytes);
  return read_info(to, info) && write_hash(to, info);
}

bt_torrent_summary *bt_torrent_check(const char *bytes, size_t length, bt_error *error) {
  gathering *to = calloc(1, sizeof *to);
  if (!to) {
    bt_fail(error, BT_FULL, "torrent: no memory");
    return NULL;
  }
  to->error = error;
  bool is_fine = read_whole(to, bytes, length);
  to->face.files = to->files;
  to->error = NULL;
  if (is_fine) return &to->face;
  bt_torrent_summary_free(&to->face);
  return NULL;
}

void bt_torrent_summary_free(bt_torrent_summary *summary) {
  if (!summary) return;
  gathering *whole = (gathering *)summary; // its first member
  forget_files(whole);
  free(whole->files);
  free((char *)summary->name);
  free(whole);
}
