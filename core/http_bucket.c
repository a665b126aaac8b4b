// Token buckets: how much of a body may go now.
#include "http_body.h"

static uint64_t bucket_room(uint64_t rate) {
  return rate / 8 > 0 ? rate / 8 : 1;
}

void bt_bucket_set(bt_bucket *bucket, uint64_t rate) {
  uint64_t room = bucket_room(rate);
  if (bucket->tokens > room) bucket->tokens = room;
  bucket->rate = rate;
}

uint64_t bt_bucket_starved(const bt_bucket *bucket, uint64_t now) {
  return bucket->starved + (bucket->starving_since ? now - bucket->starving_since : 0);
}

static void note_starving(bt_bucket *bucket, bool is_starving, uint64_t now) {
  bucket->starved = bt_bucket_starved(bucket, now);
  bucket->starving_since = is_starving ? now : 0;
}

size_t bt_bucket_take(bt_bucket *bucket, size_t wanted, uint64_t now, uint64_t *later) {
  static const uint64_t second = 1000000000;
  if (bucket->rate == 0) {
    note_starving(bucket, false, now);
    return wanted;
  }
  uint64_t room = bucket_room(bucket->rate);
  uint64_t elapsed = now - bucket->filled;
  if (bucket->filled == 0 || elapsed > second) elapsed = second;
  uint64_t gained = (uint64_t)((double)elapsed * (double)bucket->rate / 1e9);
  if (gained > 0) {
    bucket->tokens = gained > room - bucket->tokens ? room : bucket->tokens + gained;
    bucket->filled = now;
  }
  uint64_t least = wanted < room / 2 ? wanted : room / 2;
  if (bucket->tokens > 0 && bucket->tokens >= least) {
    size_t taken = bucket->tokens < wanted ? (size_t)bucket->tokens : wanted;
    bucket->tokens -= taken;
    note_starving(bucket, false, now);
    return taken;
  }
  uint64_t missing = least > bucket->tokens ? least - bucket->tokens : 1;
  note_starving(bucket, true, now);
  *later = now + (uint64_t)((double)missing * 1e9 / (double)bucket->rate) + 1;
  return 0;
}

void bt_bucket_return(bt_bucket *bucket, size_t bytes) {
  uint64_t room = bucket_room(bucket->rate);
  if (bucket->rate == 0) return;
  bucket->tokens = bytes < room - bucket->tokens ? bucket->tokens + bytes : room;
}
