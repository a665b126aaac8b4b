// The torrent engine: seeds shares by BitTorrent without ever writing to them, and receives
// downloads into folders of their own.
//
// It has the face of a client that is woken and then asks: `wake` says that events wait,
// bt_engine_next takes them one by one. Torrents are named by their info-hash, 40 hex digits (v1,
// or the first 20 bytes of v2 where there is no v1).
//
// Threads: one thread, the owner's, calls everything but bt_engine_free, which may run on any.
// `wake` is called on any thread, also inside a call of the owner, and may only wake: it must not
// call the engine. Nothing here blocks but bt_engine_open, bt_engine_settings and bt_engine_free.
//
// Shares are read through a disk of our own. It opens each file beneath its folder (openat2),
// compares size, times and inode with the manifest before *and after* each read, and refuses
// every write. What a file said it was when it was hashed is all that can leave. Only torrents of
// bt_engine_download come near libtorrent's own disk, which writes.
//
// Ownership: what is passed in is copied, what is returned is borrowed as said.
#ifndef BT_ENGINE_H
#define BT_ENGINE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bt_engine bt_engine;

// Room for 40 hex digits, or 64 for the whole of a v2 hash, and the terminator.
enum { BT_INFO_HASH_SIZE = 41, BT_INFO_HASH_V2_SIZE = 65, BT_ADDRESS_SIZE = 64 };

// The version of libtorrent in use, "2.0.8.0". Static.
const char *bt_engine_library(void);

// ---- settings, by libtorrent's own names

typedef enum { BT_SETTING_STRING, BT_SETTING_INTEGER, BT_SETTING_BOOLEAN } bt_setting_type;

typedef struct {
  const char *name;
  bt_setting_type type;
  const char *string; // terminated
  int64_t integer;
  bool boolean;
} bt_setting;

typedef enum {
  BT_OBFUSCATION_PREFER,  // RC4 where the peer can, plain otherwise
  BT_OBFUSCATION_REQUIRE, // RC4 or nothing, both ways
  BT_OBFUSCATION_OFF,
} bt_obfuscation;

// ---- opening

typedef struct {
  const char *const *listen; // "ADDRESS:PORT" or "[ADDRESS]:PORT"; port 0: the system chooses
  size_t listen_count;
  const bt_setting *settings; // over the pinned ones
  size_t setting_count;
  bt_obfuscation obfuscation;
  void (*wake)(void *context);
  void *context; // the caller's, until bt_engine_stop has returned
} bt_engine_options;

// Opens a session; its threads start here, so rights must have been given up before. To stop with
// bt_engine_stop, then free with bt_engine_free. Whether a port could be had comes as an event.
bt_engine *bt_engine_open(const bt_engine_options *options, bt_error *error);

// ---- events

typedef enum {
  BT_EVENT_LISTENING,      // address port protocol
  BT_EVENT_LISTEN_FAILED,  // address port message
  BT_EVENT_ADDED,          // info_hash
  BT_EVENT_ADD_FAILED,     // info_hash message
  BT_EVENT_REMOVED,        // info_hash
  BT_EVENT_FILE_ERROR,     // info_hash path message
  BT_EVENT_ERROR,          // info_hash message
  BT_EVENT_PEER_CONNECTED, // info_hash address port incoming
  // info_hash address port message became_seed hung_up, peers: it, if known; given and lacking,
  // where it was given anything and it is known how much of that arrived
  BT_EVENT_PEER_DISCONNECTED,
  BT_EVENT_PROGRESS,         // torrents torrent_count
  BT_EVENT_STATS,            // up_rate down_rate uploaded downloaded sent peer_count
  BT_EVENT_PEERS,            // info_hash peers peer_count
  BT_EVENT_EXTERNAL_ADDRESS, // address
  BT_EVENT_OVERFLOW,         // events were lost: ask for everything anew
  // Of downloads only:
  BT_EVENT_METADATA,       // info_hash message (the name) files file_count is_private
  BT_EVENT_CHECKED,        // info_hash: what was there already has been compared
  BT_EVENT_FINISHED,       // info_hash: all that is wanted is there, and written
  BT_EVENT_FILES,          // info_hash files file_count
  BT_EVENT_RESUME_DATA,    // info_hash data data_length
  BT_EVENT_RESUME_FAILED,  // info_hash message
  BT_EVENT_DOWNLOAD_ERROR, // info_hash path message code: it is stopped, or refused for good
} bt_event_type;

typedef struct {
  char info_hash[BT_INFO_HASH_SIZE];
  const char *state; // static: checking, metadata, downloading, finished, seeding, paused, failed
  double progress;   // 0 … 1
  uint64_t up_rate;  // payload bytes a second
  uint64_t down_rate;
  uint64_t uploaded; // payload bytes since it was added
  uint32_t peers;    // without web seeds, for a download
  uint32_t seeds;
  uint32_t web_seeds;   // of a download
  uint32_t known_peers; // addresses of peers that were heard of
  uint64_t wanted;      // bytes of the files that are wanted
  uint64_t done;        // of those, checked against their hashes
  uint64_t downloaded;  // payload bytes since it was added
} bt_torrent_progress;

typedef struct {
  const char *path; // beneath the download's folder
  uint64_t size;
  uint64_t done; // bytes in checked pieces
  bool is_wanted;
} bt_download_file;

typedef struct {
  char address[BT_ADDRESS_SIZE];
  uint16_t port;
  char id[BT_INFO_HASH_SIZE]; // peer id, hex: also what it announces to trackers; "" if not known
  char client[64];            // as it calls itself: any bytes, cut when longer
  size_t client_length;
  double progress;
  uint64_t up_rate;      // payload bytes a second, to the peer
  uint64_t uploaded;     // payload bytes, to the peer; of a share: in this connection
  uint64_t downloaded;   // payload bytes, from the peer
  const char *encrypted; // static: none, handshake, rc4 (MSE)
  const char *protocol;  // static: tcp, utp
  bool incoming;
  unsigned char buckets[256]; // of the torrent's pieces, in order: 255 where it has all of them
  size_t bucket_count;        // 0 where they were not asked for, or it has no metadata yet
} bt_peer;

// One event; the comments above say which fields each type fills. Strings are terminated.
typedef struct {
  bt_event_type type;
  char info_hash[BT_INFO_HASH_SIZE];
  const char *address;
  uint16_t port;
  const char *protocol; // static: tcp, utp
  const char *path;     // in the manifest's words; "" where no single file is at fault
  const char *message;
  bool incoming;
  bool became_seed;
  bool hung_up;          // the peer ended the connection, and in order
  const uint32_t *given; // blocks that it got here of pieces that it did not say it has
  size_t given_count;
  const uint32_t *lacking; // blocks of these that it did not get here
  size_t lacking_count;
  bool is_given_known, is_lacking_known; // lacking: not where it is very much
  uint64_t up_rate;
  uint64_t down_rate;
  uint64_t uploaded;
  uint64_t downloaded;
  uint64_t sent; // uploaded, and all other messages to peers; without the headers of TCP and IP
  const bt_torrent_progress *torrents;
  size_t torrent_count;
  const bt_peer *peers;
  size_t peer_count;
  const bt_download_file *files; // without pad files
  size_t file_count;
  const char *data;
  size_t data_length;
  bt_code code;
  bool is_private;
} bt_event;

// The next event, or NULL when there is none for now. Borrowed until the next call.
const bt_event *bt_engine_next(bt_engine *engine);

// ---- torrents

typedef struct {
  const char *info_hash;
  const char *torrent; // bytes of a .torrent of bt_torrent_make
  size_t torrent_length;
  const char *root; // absolute path of the shared folder
  const char *base; // "" for a file share, else the folder's name below root
  const char *manifest;
  size_t manifest_length;
  bool is_public; // DHT, LSD, PEX
  const char *const *trackers;
  size_t tracker_count;
  int up_limit; // bytes a second, 0 none
} bt_share;

// Seeds a share, without reading it first. Fails with BT_EXISTS where it is there, BT_BUSY while it
// is still being removed, BT_INVALID where the manifest is none. The torrent is read on a thread of
// the engine: BT_EVENT_ADDED follows, or BT_EVENT_ADD_FAILED, also where it has another info-hash
// or does not describe the manifest's files.
bool bt_engine_add(bt_engine *engine, const bt_share *share, bt_error *error);

// Takes a torrent out: from here on no block of it is handed to a peer. BT_EVENT_REMOVED follows.
bool bt_engine_remove(bt_engine *engine, const char *info_hash, bt_error *error);

// Stops sending and disconnects peers, or goes on. After BT_EVENT_FILE_ERROR the torrent is paused
// and may not be a seed any more: remove it, and add it anew where nothing has changed.
bool bt_engine_pause(bt_engine *engine, const char *info_hash, bt_error *error);
bool bt_engine_resume(bt_engine *engine, const char *info_hash, bt_error *error);

// This, bt_engine_set_limits and bt_engine_post_peers fail with BT_BUSY between bt_engine_add and
// BT_EVENT_ADDED.
bool bt_engine_connect(bt_engine *engine, const char *info_hash, const char *address, uint16_t port,
                       bt_error *error);

// Somebody who may not fetch a torrent any more: by the id that its client tells trackers and peers
// (BEP 3), by where it listens, or both.
typedef struct {
  const char *id;      // 20 bytes, or NULL
  const char *address; // literal, "" where not known
  uint16_t port;       // 0: not known
} bt_visitor;

// From now on these, and no others, are hung up on, within a second where they are connected, and
// whenever they come again. With `only` (IP literals; NULL: none), so is whoever is at another
// address. Forgotten with the torrent. BT_MISSING where there is none.
bool bt_engine_refuse(bt_engine *engine, const char *info_hash, const bt_visitor *visitors,
                      size_t count, const char *const *only, size_t only_count, bt_error *error);

// Bytes a second; 0 none, negative: as it was.
bool bt_engine_set_limits(bt_engine *engine, const char *info_hash, int up, int down,
                          bt_error *error);

// Asks for BT_EVENT_PEERS, with what each has of the pieces where that is wanted.
bool bt_engine_post_peers(bt_engine *engine, const char *info_hash, bool with_pieces,
                          bt_error *error);

// Ask for BT_EVENT_PROGRESS (the torrents that changed since the last one) and BT_EVENT_STATS.
void bt_engine_post_updates(bt_engine *engine);
void bt_engine_post_stats(bt_engine *engine);

// ---- downloads

typedef struct {
  const char *folder; // absolute path; opened once, and no symbolic link beneath it is followed
  // One of three: bytes of a .torrent that bt_torrent_check has passed, a magnet link, or what
  // BT_EVENT_RESUME_DATA gave.
  const char *torrent;
  size_t torrent_length;
  const char *magnet;
  const char *resume;
  size_t resume_length;
  // One for each file but pad files, 0 or 1; NULL: all are wanted, or as the resume data says.
  const uint8_t *wanted;
  size_t wanted_count;
  bool is_known;  // what has its names in the folder is its own; else it is refused (BT_EXISTS)
  bool is_paused; // paused once it is there
  bool is_kept_waiting;     // touches nothing until bt_engine_set_wanted; receives metadata
  bool is_idle;             // asks for no piece: only compares what is there
  bool is_public;           // DHT, LSD, PEX
  int up_limit, down_limit; // bytes a second, 0 none
} bt_download;

// Receives a torrent; fills `info_hash`. BT_EVENT_ADDED or BT_EVENT_ADD_FAILED follows, then
// BT_EVENT_METADATA (at once where it is known). bt_engine_remove, _pause, _resume, _connect,
// _set_limits and _post_peers hold for it too; _resume goes on after BT_EVENT_DOWNLOAD_ERROR, and
// ends idleness. Fails as bt_engine_add does.
bool bt_engine_download(bt_engine *engine, const bt_download *download,
                        char info_hash[BT_INFO_HASH_SIZE], bt_error *error);

// The calls below fail with BT_MISSING for shares.

// Which files are wanted, as in bt_download. Fails with BT_BUSY before BT_EVENT_METADATA. After
// BT_EVENT_FINISHED libtorrent does not call peers that are seeds again: to want more then, save,
// remove, and add it anew.
bool bt_engine_set_wanted(bt_engine *engine, const char *info_hash, const uint8_t *wanted,
                          size_t count, bt_error *error);

// Asks for BT_EVENT_FILES.
bool bt_engine_post_files(bt_engine *engine, const char *info_hash, bt_error *error);

// Asks for BT_EVENT_RESUME_DATA or BT_EVENT_RESUME_FAILED; neither comes where `is_if_changed` and
// nothing has changed since the last time.
bool bt_engine_save(bt_engine *engine, const char *info_hash, bool is_if_changed, bt_error *error);

// Reads all of a download again and compares it with its hashes: BT_EVENT_CHECKED follows, and
// BT_EVENT_FINISHED where it is all there; what is wrong is received again. Waits while it is
// paused.
bool bt_engine_recheck(bt_engine *engine, const char *info_hash, bt_error *error);

// As bt_engine_remove; deletes what was received, and nothing else, before BT_EVENT_REMOVED.
bool bt_engine_remove_data(bt_engine *engine, const char *info_hash, bt_error *error);

// Whether libtorrent has such a setting and it takes such a value (BT_INVALID). Needs no engine.
bool bt_engine_check_setting(const bt_setting *setting, bt_error *error);

// The name of libtorrent's setting number `index`, from 0 on: "" where it is no longer in use, NULL
// after the last.
const char *bt_engine_setting_name(size_t index);

// Applies all of `settings`, or none where one is unknown or of the wrong type (BT_INVALID).
bool bt_engine_apply(bt_engine *engine, const bt_setting *settings, size_t count, bt_error *error);

// The settings in force; waits for libtorrent's thread. Borrowed until the next call.
const bt_setting *bt_engine_settings(bt_engine *engine, size_t *count, bt_error *error);

// ---- closing

// Begins the end: peers are disconnected. Once it has returned, `wake` is not
// called any more and only bt_engine_free may be.
void bt_engine_stop(bt_engine *engine);

// Waits until all threads have ended (seconds, where a tracker is slow) and frees.
void bt_engine_free(bt_engine *engine);

// ---- making torrents; pure, on any thread

typedef enum { BT_FORMAT_V1, BT_FORMAT_HYBRID, BT_FORMAT_V2 } bt_format;

typedef struct {
  const char *bytes;
  size_t length;
} bt_bytes;

// What a torrent is made of: BEP 3 for v1, BEP 52 for v2, both with the pad files of BEP 47 for
// hybrid. Everything is borrowed until bt_torrent_make has returned.
typedef struct {
  const char *name; // UTF-8, as recipients see it
  bool is_folder;
  bt_bytes manifest; // hybrid and v2: byte order of paths, component by component
  uint32_t piece_length;
  bt_format format;
  bt_bytes pieces;  // 20 bytes a piece (v1, hybrid)
  bt_bytes roots;   // 32 bytes a file in manifest order, any for empty files (hybrid, v2)
  bt_bytes layers;  // 32 bytes for each piece of each file larger than a piece (hybrid, v2)
  bool is_private;  // BEP 27
  bt_bytes similar; // 20 bytes each, BEP 38
} bt_torrent_description;

typedef struct bt_torrent bt_torrent;

// Makes a .torrent and proves that libtorrent reads the same files from it. BT_INVALID for an
// empty share, which a torrent cannot hold. To free with bt_torrent_free.
bt_torrent *bt_torrent_make(const bt_torrent_description *description, bt_error *error);

bt_bytes bt_torrent_bytes(const bt_torrent *torrent);           // borrowed until bt_torrent_free
const char *bt_torrent_info_hash(const bt_torrent *torrent);    // as everywhere, 40 digits
const char *bt_torrent_info_hash_v2(const bt_torrent *torrent); // 64 digits, "" for v1
void bt_torrent_free(bt_torrent *torrent);

// libtorrent's automatic piece length for `size` bytes of content, 16 KiB … 8 MiB.
uint32_t bt_torrent_piece_length(uint64_t size);

typedef struct {
  const char *info_hash;    // 40 hex digits of v1, or NULL
  const char *info_hash_v2; // 64 hex digits, or NULL
  const char *name;
  const char *const *trackers;
  size_t tracker_count;
  const char *const *peers; // "IP:port" or "[IPv6]:port"
  size_t peer_count;
  const char *const *web_seeds;
  size_t web_seed_count;
} bt_magnet;

// Writes a magnet link (BEP 9, and btmh of BEP 52), terminated, as snprintf does: up to `size`
// bytes of it, and returns the length of the whole.
size_t bt_magnet_write(const bt_magnet *magnet, char *uri, size_t size);

#ifdef __cplusplus
}
#endif

#endif
