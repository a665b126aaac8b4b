// What the files of HTTP share: a listener, its connections and its requests.
//
// Threads: MHD's threads run http_request.c, the watch runs http_watch.c, everything else is the
// opener's. One mutex guards the listener's lists, the stages of requests and what the watch
// reads of a connection; all that is marked "locked" below. It is held for moments only, and no
// call under it blocks. MHD's own locks come after it, never before.
#ifndef BT_HTTP_INSIDE_H
#define BT_HTTP_INSIDE_H

#include "http.h"
#include "http_body.h"
#include "http_gate.h"
#include "http_readers.h"
#include "http_socket.h"

#include <microhttpd.h>
#include <openssl/evp.h>
#include <pthread.h>

typedef struct http_connection http_connection;
typedef struct http_request http_request;
typedef struct http_end http_end;

struct bt_http_answer {
  unsigned status;
  bool close;
  bool is_told; // how it ended, also without files
  bool is_stream;
  uint64_t rate;
  bt_body *body;
  bool has_length;
  uint64_t length;       // of a body that only HEAD does not get
  bt_http_field *fields; // each pair in one allocation, the name's, both terminated
  size_t field_count;
  bt_http_answer *gone; // in its place, where the first file is not as described; NULL: a plain 410
};

// A request's way. Only MHD's thread moves it on to `asking`, `piece` and `waiting` and from
// `answered` to `sending`, only the opener's from `asking` and `waiting` to `answered`, from
// `asking` to `let_in`, and from `piece` back to `reading`.
typedef enum {
  request_new,
  request_asking,  // suspended, for leave to read its body; locked
  request_let_in,  // locked
  request_reading, // its body
  request_piece,   // suspended, for bt_http_next_piece; locked
  request_waiting, // suspended, for bt_http_reply; locked
  request_answered,
  request_sending, // or refused
} request_stage;

// How a reply that is told of ended; made with the answer, so that the end cannot fail to be told.
struct http_end {
  http_end *next;
  uint64_t id;
  uint64_t bytes;
  bool complete;
};

// What was pushed to a stream and is not sent yet.
typedef struct {
  char *bytes;
  size_t begin, end, room;
  bool is_finished;
  bool is_broken; // memory was short, or the client has gone
} http_pile;

struct http_request {
  bt_http_request seen;
  bt_http *listener;
  http_connection *connection;
  struct MHD_Connection *handle;
  http_request *next;  // in the queue; locked
  request_stage stage; // locked to write, and to read on other threads than MHD's
  bt_http_answer *answer;
  http_end *end;
  bt_bucket bucket;    // locked
  uint64_t resume_at;  // when a suspended reader goes on, 0 if it is not suspended; locked
  http_pile pile;      // locked
  bt_reading *reading; // what a disk gave, until it is sent; set while suspended
  bool is_reading;     // suspended, for a disk; locked
  uint64_t length;     // of the answer's body
  _Atomic uint64_t sent;
  bool bodiless; // HEAD, or answered by a refusal
  bool goodbye;  // answered by bt_http_stop
  bool keep;     // whether the connection may live on as far as we are concerned

  const char *raw_target; // where it lies in MHD's memory; not to be read
  size_t target_length;
  bt_http_field *fields;
  uint64_t content_length;
  uint64_t body_limit;
  uint64_t body_received;
  uint64_t keep_free;  // bytes that a body which goes to a file leaves on its file system
  uint64_t room_check; // at how many received bytes that is looked at again
  bool in_pieces;
  unsigned refusal;   // of the next piece, 0: it may come; set while suspended
  EVP_MD_CTX *digest; // of what goes to a file, or NULL
  bool is_told;       // of the piece; locked
  http_end *loss;     // told if the body does not come whole; locked
  char *body;
  size_t body_room;
  char text[]; // the target, terminated, then its segments
};

// One for each of MHD's connections, from its start to its end.
struct http_connection {
  http_connection *previous, *next; // locked
  http_request *request;            // the one under way; locked
  int fd;
  bool refused; // of another user
  bt_address local;
  char address[INET6_ADDRSTRLEN];
  uint16_t port;
  uint64_t deadline;      // for headers, 0: none; locked
  uint64_t window;        // when the pace was measured last; locked
  uint64_t window_amount; // how much had been moved by then; locked
};

struct bt_http {
  bt_http_options options; // without borrowed strings
  struct MHD_Daemon *daemon;
  int fd;
  char *path;   // of the Unix socket, or NULL
  bool lenient; // MHD's parser smooths over what is wrong, see bt_gate_is_plain
  bool loopback;
  int fd_limit; // connections with a higher descriptor are cut, so that some stay for files
  char address[INET6_ADDRSTRLEN];
  uint16_t port;
  pthread_t watch;

  pthread_mutex_t lock;
  pthread_cond_t changed; // wakes the watch, and who waits for goodbyes
  uint64_t watch_due;     // locked, as all that follows
  bool stopping;
  bool watch_ended;
  char **hosts;
  size_t host_count;
  http_request *queue, **queue_end;
  http_end *ends, **ends_end;
  http_connection *connections;
  size_t connection_count;
  http_request **slots; // id % slot_count
  size_t slot_count;
  uint64_t serial;
  size_t goodbyes; // answers of bt_http_stop that are not out yet

  bt_readers *readers; // their lock comes before this one
};

uint64_t bt_http_now(void); // nanoseconds, steady

// MHD's callbacks, in http_request.c; their context is the listener.
void *bt_http_on_target(void *context, const char *target, struct MHD_Connection *handle);
enum MHD_Result bt_http_on_call(void *context, struct MHD_Connection *handle, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **state);
void bt_http_on_completed(void *context, struct MHD_Connection *handle, void **state,
                          enum MHD_RequestTerminationCode how);
void bt_http_on_connection(void *context, struct MHD_Connection *handle, void **state,
                           enum MHD_ConnectionNotificationCode what);

// Queues the refusal `status`, in http_send.c.
enum MHD_Result bt_http_refuse(http_request *request, unsigned status);

// Queues request->answer, or a refusal where that cannot be.
enum MHD_Result bt_http_send(http_request *request);

// A part of a request's body has come, in http_incoming.c. MHD_NO ends the connection.
enum MHD_Result bt_http_on_body(http_request *request, const char *data, size_t size);

// All of the body has come.
void bt_http_end_body(http_request *request);

// Queues the request for the opener, suspended, in `stage`; refuses it where it cannot be.
enum MHD_Result bt_http_hand_over(http_request *request, request_stage stage);

// Under the lock: the piece that was handed over is done with.
void bt_http_go_on(http_request *request);

// Opens the first file of request->answer, on the readers' threads, then goes on to bt_http_send.
// Not under the lock; the request is suspended, and nobody else resumes it.
void bt_http_open_files(http_request *request);

// Writes a refusal past MHD, which takes none while a body comes in; the connection must end then.
void bt_http_refuse_raw(http_request *request, unsigned status);

// Under the lock: the request of that id, whatever its stage, or NULL.
http_request *bt_http_find(bt_http *listener, uint64_t id);

// Under the lock: changes the rate of a body, also of one that is being sent.
void bt_http_set_pace(http_request *request, uint64_t rate);

// Where a rate limits a body, little of it waits in the system: its buffers hold megabytes, which
// would count as sent long before they are. tcp(7), TCP_NOTSENT_LOWAT.
void bt_http_shorten_queue(const http_request *request, uint64_t rate);

// MHD's reader of a stream, in http_stream.c.
ssize_t bt_http_read_stream(void *request, uint64_t position, char *bytes, size_t size);

// Under the lock: a suspended reader is called again.
void bt_http_resume(http_request *request);

// Under the lock: marks a stream whose client has gone, so that its reader ends.
void bt_http_check_client(http_request *request);

// Under the lock: ends a connection from any thread; MHD notices and cleans up.
void bt_http_cut_connection(http_connection *connection);

// The watch's thread: deadlines, pace, throttled readers.
void *bt_http_watch(void *listener);

#endif
