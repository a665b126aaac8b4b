// The reader of foreign .torrents: what it takes, what it refuses, and that no bytes harm it.
#include "bencode.h"
#include "torrent_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

// A torrent under construction, on the heap so that reading beyond it is seen.
typedef struct {
  char *bytes;
  size_t length, room;
} text;

static void add_bytes(text *to, const char *bytes, size_t length) {
  if (to->length + length > to->room) {
    to->room = (to->length + length) * 2;
    to->bytes = realloc(to->bytes, to->room);
    CHECK(to->bytes);
  }
  if (length) memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
}

__attribute__((format(printf, 2, 3))) static void add(text *to, const char *format, ...) {
  char buffer[1024];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(buffer, sizeof buffer, format, list);
  va_end(list);
  CHECK(length >= 0 && (size_t)length < sizeof buffer);
  add_bytes(to, buffer, (size_t)length);
}

static void add_text(text *to, const char *value) {
  add(to, "%zu:%s", strlen(value), value);
}

static void add_zeros(text *to, size_t count) {
  static const char zeros[4096];
  add(to, "%zu:", count);
  for (; count > sizeof zeros; count -= sizeof zeros)
    add_bytes(to, zeros, sizeof zeros);
  add_bytes(to, zeros, count);
}

// An exact copy, so that AddressSanitizer sees each byte read beyond it.
static bt_torrent_summary *check(const char *bytes, size_t length, bt_error *error) {
  char *exact = malloc(length ? length : 1);
  CHECK(exact);
  if (length) memcpy(exact, bytes, length);
  bt_torrent_summary *summary = bt_torrent_check(exact, length, error);
  free(exact);
  return summary;
}

static bt_torrent_summary *take(text *from, bt_error *error) {
  bt_torrent_summary *summary = check(from->bytes, from->length, error);
  free(from->bytes);
  *from = (text){0};
  return summary;
}

static void expect_refused(text *from, const char *why) {
  bt_error error = {BT_FAILED, ""};
  bt_torrent_summary *summary = take(from, &error);
  if (summary || error.code != BT_INVALID || !strstr(error.message, why)) {
    fprintf(stderr, "expected \"%s\", not \"%s\"\n", why, summary ? "nothing" : error.message);
    exit(1);
  }
}

static size_t pieces_of(uint64_t size, uint64_t piece) {
  return (size_t)((size + piece - 1) / piece);
}

// d 4:info d [6:length i…] 4:name … 12:piece length 6:pieces ee
static text single(const char *name, uint64_t size, uint64_t piece) {
  text made = {0};
  add(&made, "d4:infod6:lengthi%llue4:name", (unsigned long long)size);
  add_text(&made, name);
  add(&made, "12:piece lengthi%llue6:pieces", (unsigned long long)piece);
  add_zeros(&made, 20 * pieces_of(size, piece));
  add(&made, "ee");
  return made;
}

typedef void writer(text *to, size_t number);

// A folder of `count` files of 16 KiB each, whose entries `write` makes between "6:length…" and
// 'e'.
static text folder(size_t count, writer *write) {
  text made = {0};
  add(&made, "d4:infod5:filesl");
  for (size_t i = 0; i < count; i++)
    write(&made, i);
  add(&made, "e4:name1:x12:piece lengthi16777216e6:pieces");
  add_zeros(&made, 20 * pieces_of((uint64_t)count * 16384, 16777216));
  add(&made, "ee");
  return made;
}

static void plain_file(text *to, size_t number) {
  char name[32];
  snprintf(name, sizeof name, "f%zu", number);
  add(to, "d6:lengthi16384e4:pathl");
  add_text(to, name);
  add(to, "ee");
}

static void equal_file(text *to, size_t number) {
  add(to, "d6:lengthi16384e4:pathl4:%see", number % 2 ? "SAME" : "same");
}

static void deep_file(text *to, size_t number) {
  (void)number;
  add(to, "d6:lengthi16384e4:pathl");
  for (int i = 0; i < BT_TORRENT_DEPTH + 1; i++)
    add(to, "1:a");
  add(to, "ee");
}

static const char *element; // of named_file
static void named_file(text *to, size_t number) {
  (void)number;
  add(to, "d6:lengthi16384e4:pathl");
  add_text(to, element);
  add(to, "ee");
}

static void link_file(text *to, size_t number) {
  (void)number;
  add(to, "d4:attr1:l6:lengthi16384e4:pathl1:ae12:symlink pathl2:..ee");
}

static void padded_file(text *to, size_t number) {
  if (number)
    plain_file(to, number);
  else
    add(to, "d4:attr1:p6:lengthi16384e4:pathl4:.pad1:7ee");
}

static void test_what_it_takes(void) {
  bt_error error;
  text made = single("film.mkv", 100000, 16384);
  bt_torrent_summary *summary = take(&made, &error);
  CHECK(summary && summary->file_count == 1 && summary->size == 100000);
  CHECK(!strcmp(summary->name, "film.mkv") && !strcmp(summary->files[0].path, "film.mkv"));
  CHECK(!summary->is_private && !summary->is_findable);
  bt_torrent_summary_free(summary);

  made = folder(3, padded_file);
  summary = take(&made, &error);
  CHECK(summary && summary->file_count == 2 && summary->size == 32768);
  CHECK(!strcmp(summary->files[1].path, "x/f2"));
  bt_torrent_summary_free(summary);

  made = folder(BT_TORRENT_FILES, plain_file);
  summary = take(&made, &error);
  CHECK(summary && summary->file_count == BT_TORRENT_FILES);
  bt_torrent_summary_free(summary);

  made = folder(BT_TORRENT_EQUAL_NAMES, equal_file);
  summary = take(&made, &error);
  CHECK(summary);
  bt_torrent_summary_free(summary);

  made = (text){0};
  add(&made,
      "d8:announce5:x://y4:infod9:file treed1:ad1:bd0:d6:lengthi5e11:pieces root32:%032dee"
      "1:cd0:d6:lengthi7eeeee12:meta versioni2e4:name1:n12:piece lengthi16384e"
      "7:privatei1eee",
      0);
  summary = take(&made, &error);
  CHECK(summary && summary->file_count == 2 && summary->size == 12 && summary->is_private);
  CHECK(summary->is_findable && !strcmp(summary->files[0].path, "n/a/b"));
  bt_torrent_summary_free(summary);
}

static void refuse_text(const char *bytes, const char *why) {
  text made = {0};
  add_bytes(&made, bytes, strlen(bytes));
  expect_refused(&made, why);
}

static void test_what_it_refuses(void) {
  text made = folder(BT_TORRENT_FILES + 1, plain_file);
  expect_refused(&made, "50,000 files");
  made = folder(BT_TORRENT_EQUAL_NAMES * 2 + 1, equal_file);
  expect_refused(&made, "same name");
  made = folder(1, deep_file);
  expect_refused(&made, "deeper");
  made = folder(1, link_file);
  expect_refused(&made, "symbolic link");
  char longest[BT_TORRENT_ELEMENT + 2];
  memset(longest, 'n', sizeof longest - 1);
  longest[sizeof longest - 1] = 0;
  const char *const names[] = {"..", ".", "", "a/b", "/etc", longest};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    element = names[i];
    made = folder(1, named_file);
    expect_refused(&made, "name");
    made = single(names[i], 16384, 16384);
    expect_refused(&made, "name");
  }
  made = single("x", 16384, 8192);
  expect_refused(&made, "16 KiB");
  made = single("x", 16384, 32 << 20);
  expect_refused(&made, "16 MiB");
  made = single("x", (uint64_t)16384 * (BT_TORRENT_PIECES + 1), 16384);
  expect_refused(&made, "200,000 pieces");
  made = single("x", 0, 16384);
  expect_refused(&made, "holds nothing");
  refuse_text("d4:infod6:lengthi17592186044417e4:name1:x12:piece lengthi16777216e6:pieces0:ee",
              "16 TiB");
  refuse_text("d4:infod6:lengthi-1e4:name1:x12:piece lengthi16384e6:pieces0:ee", "negative");
  refuse_text("d4:infod6:lengthi1e4:name1:x12:piece lengthi16384e6:pieces0:ee", "hashes");
  refuse_text("d4:infod4:name1:x12:piece lengthi16384e6:pieces0:ee", "neither");
  refuse_text("d4:infod9:file treede12:meta versioni3e4:name1:x12:piece lengthi16384eee",
              "version");
}

static void test_bencoding(void) {
  const char *const malformed[] = {"",
                                   "d",
                                   "de",
                                   "i1e",
                                   "le",
                                   "i01e",
                                   "i-0e",
                                   "i-e",
                                   "ie",
                                   "i1",
                                   "01:a",
                                   "2:a",
                                   "-1:a",
                                   "d1:ae",
                                   "di1ei1ee",
                                   "dee",
                                   "d1:bi1e1:ai1ee",
                                   "d1:ai1e1:ai1ee",
                                   "i9223372036854775808e",
                                   "99999999999999999999:",
                                   "d4:infoi1ee",
                                   "d4:infode",
                                   "d4:infoledx",
                                   "4:info"};
  for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
    refuse_text(malformed[i], "torrent: ");
  text nested = {0};
  for (int i = 0; i < 1000000; i++)
    add_bytes(&nested, "l", 1);
  expect_refused(&nested, "too deep");
  bt_error error;
  CHECK(bt_bencode_check("i-9223372036854775807e", 22, &error));
  CHECK(bt_bencode_check("d0:0:e", 6, &error));
}

static uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

// Bytes changed, taken away and put in: each is taken or refused, and touches nothing beyond
// itself.
static void test_mutations(void) {
  text seeds[3] = {single("film.mkv", 100000, 16384), folder(5, padded_file), {0}};
  add(&seeds[2], "d4:infod9:file treed1:ad0:d6:lengthi5eeee12:meta versioni2e4:name1:n"
                 "12:piece lengthi16384eee");
  uint64_t state = 7;
  size_t taken = 0;
  for (int round = 0; round < 60000; round++) {
    const text *seed = &seeds[round % 3];
    char *copy = malloc(seed->length + 1);
    CHECK(copy);
    memcpy(copy, seed->bytes, seed->length);
    size_t length = seed->length;
    for (uint32_t changes = 1 + next_random(&state) % 3; changes; changes--) {
      size_t at = next_random(&state) % length;
      static const char alphabet[] = "0123456789dlie:-\0\377a/.";
      char byte = alphabet[next_random(&state) % (sizeof alphabet - 1)];
      switch (next_random(&state) % 3) {
      case 0:
        copy[at] = byte;
        break;
      case 1:
        memmove(copy + at, copy + at + 1, length - at - 1);
        if (length > 1) length--;
        break;
      default:
        length = at + 1;
      }
    }
    bt_error error = {BT_FAILED, ""};
    bt_torrent_summary *summary = check(copy, length, &error);
    CHECK(summary || error.code == BT_INVALID);
    taken += summary != NULL;
    bt_torrent_summary_free(summary);
    free(copy);
  }
  CHECK(taken > 0);
  for (int i = 0; i < 3; i++)
    free(seeds[i].bytes);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// 50,000 names, and names that agree in all but the last: the time does not grow with their square.
static void test_time(void) {
  double begin = seconds();
  text made = folder(BT_TORRENT_FILES, equal_file);
  expect_refused(&made, "same name");
  CHECK(seconds() - begin < 2);
}

int main(void) {
  test_what_it_takes();
  test_what_it_refuses();
  test_bencoding();
  test_mutations();
  test_time();
  return 0;
}
