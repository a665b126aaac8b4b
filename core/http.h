// HTTP listeners: requests come in as plain values, answers go out as strings and file ranges.
//
// A listener reads requests and sends bodies on threads of its own. Whoever opened it is woken
// (`wake`), asks `bt_http_next` until it has nothing more, and answers each request by its id,
// then or later, with `bt_http_reply`. What no handler should ever see is refused before: see
// http_gate.h. A reply may be a stream, which grows by `bt_http_push` until `bt_http_finish`.
// RFC 9110, RFC 9112.
//
// Threads: all functions belong to the thread that opened the listener, but for `wake`, which is
// called on the listener's threads and may only wake. Answers may be built anywhere.
#ifndef BT_HTTP_H
#define BT_HTTP_H

#include "error.h"
#include "manifest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bt_http bt_http;
typedef struct bt_http_answer bt_http_answer;
typedef struct bt_body bt_body; // http_body.h

typedef struct {
  const char *address; // literal to bind; NULL for a Unix socket
  uint16_t port;       // 0: the system chooses
  const char *path;    // of a Unix socket, made with mode 0600; NULL for TCP
  bool any_literal;    // Host may be any sensible IP literal, not only the connection's own
  unsigned threads;
  unsigned
      connections; // at once; near that the longest idle are cut, then more wait in the backlog
  unsigned connections_per_address; // 0: no limit
  unsigned header_seconds;          // a connection must have sent its request's headers by then
  unsigned idle_seconds;
  unsigned slow_seconds; // less than 1 KiB/s, in either direction, over so long: cut. 0: never
  uint64_t body_limit;   // bytes of a request's body, where `asks` is not set
  bool asks;             // tells of a request that has a body twice: before it is read, and after
  void (*wake)(void *context);
  void *context;
} bt_http_options;

// One header field, as sent. Not terminated.
typedef struct {
  const char *name;
  size_t name_length;
  const char *value;
  size_t value_length;
} bt_http_field;

enum { bt_http_digest_room = 64 }; // bytes of the longest that libcrypto has

// A request. Everything is borrowed until it is replied to or let in, or the listener is stopped.
typedef struct {
  uint64_t id;
  const char *method;
  const char *target;   // raw
  const char *query;    // raw, without "?", "" if none
  const char *segments; // `segment_count` terminated strings in a row, percent-decoded
  size_t segment_count;
  bool slash; // the path ended in "/"
  const bt_http_field *fields;
  size_t field_count;
  const char *body;
  size_t body_length;
  int body_file; // the descriptor that the body was written to instead, or -1
  uint64_t body_file_length;
  unsigned char body_digest[bt_http_digest_room]; // of what was written there
  size_t body_digest_length;                      // 0 where nobody wanted one
  const char *address;                            // of the peer, "" on a Unix socket
  uint16_t port;
  const char *host;
  size_t host_length;
  const char *version; // "1.0" or "1.1"
} bt_http_request;

typedef struct {
  const bt_http_request *request; // or NULL: a reply with files, or with a bt_body, has ended,
                                  // or the body of a request that was let in never came whole
  uint64_t id;
  uint64_t bytes; // of its body, handed to the system
  bool complete;  // the last one too; false for HEAD
  bool is_head;   // the request's body is yet to come: to be refused by a reply, or let in
  bool is_piece;  // request->body is the next piece of it: see bt_http_next_piece
} bt_http_event;

// Binds and starts. `options` is copied. The listener is the caller's, to end with bt_http_stop
// and bt_http_free. BT_EXISTS when the address is taken, BT_DENIED for privileged ports.
bt_http *bt_http_open(const bt_http_options *options, bt_error *error);

// Where it is bound: the literal, or the socket's path. Borrowed until bt_http_free.
const char *bt_http_address(const bt_http *listener);
uint16_t bt_http_port(const bt_http *listener);

// Names allowed in Host, lower case, without port; copied. False when memory is short.
bool bt_http_set_hosts(bt_http *listener, const char *const *names, size_t count);

// Takes the next event. False when there is none.
bool bt_http_next(bt_http *listener, bt_http_event *event);

// Answers request `id` and takes `answer`, in any case. False when the request is gone.
bool bt_http_reply(bt_http *listener, uint64_t id, bt_http_answer *answer);

// How the body of a request that was told of before it is read.
typedef struct {
  uint64_t limit; // bytes; more is 413
  // Where it is written, on HTTP's threads, from the descriptor's place on, in place of memory; -1:
  // nowhere. The listener's, which closes it when the request is completed, however that ends.
  int file;
  uint64_t keep_free; // bytes that stay free beside the file, looked at each 64 MiB; less is 507
  bool in_pieces;     // it is told of piece by piece, and not kept
  // Of what is written to the file: "SHA1", "SHA256" or another that libcrypto knows; NULL: none.
  // Borrowed for the call.
  const char *digest;
} bt_http_way_in;

// Reads the body of a request that was told of before it: it comes again when it is whole. If that
// never happens, its end is told (`bytes` is what came, `complete` is false), with a file or in
// pieces. False when the request is gone, or there is no such digest: the file stays the caller's.
bool bt_http_let_in(bt_http *listener, uint64_t id, const bt_http_way_in *way);

// The piece of a body that was told of is done with: the next one may come. Until then the sender
// waits. With a status other than 0 the next one is refused, if there is one: the body never comes
// whole then. False when the request is gone.
bool bt_http_next_piece(bt_http *listener, uint64_t id, unsigned refusal);

// What a stream may have piled up, in bytes; one that is not read so long is cut.
enum { bt_http_stream_limit = 256 * 1024 };

// Adds bytes, copied, to a stream. `*queued` is how many wait to be sent then. False when it is
// gone, or finished, or was cut just now because too much had piled up or memory is short.
bool bt_http_push(bt_http *listener, uint64_t id, const char *bytes, size_t length,
                  uint64_t *queued);

// No more will be pushed: the stream ends when all was sent. False as above.
bool bt_http_finish(bt_http *listener, uint64_t id);

// Cuts the connection of a request whose answer is being sent, or whose body is being read after it
// was let in; any other id is left alone.
void bt_http_cut(bt_http *listener, uint64_t id);

// Changes the bytes a second of a reply that is being sent; 0 is no limit. A body that is one
// string and had no rate goes as it goes. False when the request is gone, or has no answer yet.
bool bt_http_set_rate(bt_http *listener, uint64_t id, uint64_t rate);

// How many bytes of a reply's body were handed to the system so far, and for how many nanoseconds
// in all it was the rate that held it up, and not its reader. False as above.
bool bt_http_sent(bt_http *listener, uint64_t id, uint64_t *bytes, uint64_t *starved);

// Answers what waits with 503, cuts what is being sent, ends all threads and closes the socket.
// Takes milliseconds. Afterwards bt_http_next still gives the ends of replies. Idempotent.
void bt_http_stop(bt_http *listener);

// Stops, and frees.
void bt_http_free(bt_http *listener);

// An answer with an empty body. The caller's until it is replied, or freed with
// bt_http_answer_free. NULL when memory is short.
bt_http_answer *bt_http_answer_new(unsigned status);
void bt_http_answer_free(bt_http_answer *answer);

// Adds a header. False if its name is no token, its value holds CR, LF or NUL, or memory is short:
// then the answer must not be sent.
bool bt_http_answer_field(bt_http_answer *answer, const char *name, size_t name_length,
                          const char *value, size_t value_length);

// Adds bytes to the body; copied. False when memory is short.
bool bt_http_answer_bytes(bt_http_answer *answer, const char *bytes, size_t length);

// Adds a range of a file beneath `root` to the body; all copied. The file is opened when its turn
// comes, on the listener's threads. If it is not as `file` says the request ends in 410, or the
// connection is cut when bytes have been sent. The range must lie within file->size.
bool bt_http_answer_file(bt_http_answer *answer, const char *root, const bt_file *file,
                         uint64_t offset, uint64_t length);

// Replaces the body; it is the answer's from now on. How such an answer ends is told in any case.
void bt_http_answer_body(bt_http_answer *answer, bt_body *body);

bool bt_http_answer_has_files(const bt_http_answer *answer);

// Makes it a stream: after its body, which holds no files, comes what is pushed. It has no length,
// waits for its client without end, and its connection ends with it. How it ends is told.
void bt_http_answer_stream(bt_http_answer *answer);

// For HEAD: says that the body would have so many bytes, without having one. As an answer to any
// other method it becomes a 500.
void bt_http_answer_length(bt_http_answer *answer, uint64_t length);

// What is answered where the first file is not as described: `gone`, of bytes alone, which is the
// answer's from now on. Without it that is a 410 in plain text.
void bt_http_answer_gone(bt_http_answer *answer, bt_http_answer *gone);

// End the connection after this answer.
void bt_http_answer_close(bt_http_answer *answer);

// Bytes a second of this body; 0 is no limit.
void bt_http_answer_rate(bt_http_answer *answer, uint64_t rate);

#endif
