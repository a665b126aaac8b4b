---@meta core.engine
-- The torrent engine (libtorrent-rasterbar behind core/engine.h). Torrents are named by their info-hash, 40 hex digits
-- (v1, or the first 20 bytes of v2 where there is no v1). Shares are read through a disk of our own that opens
-- every file beneath its folder, compares it with its manifest before *and after* each read, and has no way to write.

---@class core.engine
---@field library string version of libtorrent, "2.0.8.0"
local engine = {}

---@class core.engine.Options
---@field listen string[] "ADDRESS:PORT", "[ADDRESS]:PORT"; port 0 lets the system choose
---@field settings table<string, string|integer|boolean>? by libtorrent's own names, over our pinned ones; alert_mask, enable_upnp and enable_natpmp are fixed
---@field obfuscation "prefer"|"require"|"off"|nil protocol encryption (MSE): prefer (default) offers RC4 first and accepts plain, require refuses plain peers both ways

---@alias core.engine.Event
---| {type: "listening", address: string, port: integer, protocol: "tcp"|"utp"} the real port: where the wanted one was taken libtorrent takes another (listen_system_port_fallback)
---| {type: "listen-failed", address: string, port: integer, message: string}
---| {type: "added", info_hash: string}                                   answer to add
---| {type: "add-failed", info_hash: string, message: string}
---| {type: "removed", info_hash: string}                                 answer to remove: no byte of it is sent any more
---| {type: "file-error", info_hash: string, path: string, message: string} a share's file is not as its manifest says ("changed on disk"), or cannot be read; said once, no byte of the share goes out any more and the torrent is paused: remove it. `path` as in the manifest, "" where content does not have its hashes and no file can be named
---| {type: "error", info_hash: string, message: string}
---| {type: "peer-connected", info_hash: string, address: string, port: integer, incoming: boolean}
---| {type: "peer-disconnected", info_hash: string, address: string, port: integer, reason: string, became_seed: boolean, hung_up: boolean, peer: core.engine.Peer?, given: integer[]?, lacking: integer[]?} became_seed: one side hung up because both have everything. peer: what was known of it at its last moment, where it had said who it is; progress 1 may also mean that it had everything when it came; hung_up: the peer ended it, and in order. given: blocks (16 KiB, counted through all pieces) that it was given here of pieces that it did not say it has, at most 1024; lacking: blocks of such pieces that it was not given here, nil where they are more than 1024; both nil where nothing was given, or it cannot be known what of it arrived
---| {type: "progress", torrents: {info_hash: string, state: string, progress: number, up_rate: integer, down_rate: integer, uploaded: integer, peers: integer, seeds: integer, web_seeds: integer, known_peers: integer, wanted: integer, done: integer, downloaded: integer}[]} answer to post_updates: torrents that changed; payload bytes (a second); peers: without the web seeds of a download; known_peers: addresses heard of; wanted, done: bytes of the wanted files, and those checked; state: checking, metadata, downloading, finished, seeding, paused, failed
---| {type: "stats", up_rate: integer, down_rate: integer, uploaded: integer, downloaded: integer, sent: integer, peers: integer} answer to post_stats; payload bytes, of the session; rates of at least the last second, however often it is asked for; sent: all bytes of messages to peers, payload and other, without the headers of TCP and IP
---| {type: "peers", info_hash: string, peers: core.engine.Peer[]}       answer to post_peers
---| {type: "external-address", address: string} our address as the router, a tracker or peers say; not to be trusted alone
---| {type: "overflow"}                                                  alerts were lost: ask for everything anew
---| {type: "metadata", info_hash: string, name: string, private: boolean, files: core.engine.File[]} a download's files are known
---| {type: "checked", info_hash: string}                                 what was there of a download has been compared with its hashes
---| {type: "finished", info_hash: string}                                all that is wanted of a download is there, and written
---| {type: "files", info_hash: string, files: core.engine.File[]}       answer to post_files
---| {type: "resume-data", info_hash: string, data: string}             answer to save
---| {type: "resume-failed", info_hash: string, message: string}        answer to save
---| {type: "download-error", info_hash: string, path: string, message: string, code: string} a download has stopped: "full" (no space), "exists" (its name in the folder belongs to something else), "invalid" (what its metadata holds is not received) …; resume tries again

---@class core.engine.File
---@field path string beneath the download's folder, beginning with the torrent's name
---@field size integer
---@field done integer bytes in pieces that were checked
---@field wanted boolean

---@class core.engine.Peer
---@field address string
---@field port integer
---@field id string? its peer id, 40 hex digits: one in all connections of its torrent, and what it announces to trackers
---@field client string as it calls itself, bytes; not to be trusted
---@field progress number 0 … 1
---@field up_rate integer bytes a second, to the peer
---@field uploaded integer bytes, payload, to the peer; of a share's: in this connection
---@field downloaded integer bytes, payload, from the peer
---@field encrypted "none"|"handshake"|"rc4" what MSE negotiated
---@field protocol "tcp"|"utp"
---@field incoming boolean
---@field pieces string? where asked for: at most 256 bytes, each for the next so many pieces; 255 where it has all of them, 0 none

---Opens the session. Landlock must be on before: threads start here. `on_event` is called on the loop.
---@param options core.engine.Options
---@param on_event fun(event: core.engine.Event)
---@return core.engine.Engine? engine
---@return string? message
---@return string? code
function engine.open(options, on_event) end

---Whether libtorrent has such a setting and takes such a value; a number must be an integer.
---@param name string
---@param value string|integer|boolean
---@return true? possible
---@return string? message
---@return string? code "invalid"
function engine.check_setting(name, value) end

---@return string[] names of all settings of libtorrent
function engine.setting_names() end

---libtorrent's automatic piece length for so many bytes of content (16 KiB … 8 MiB).
---@param size integer
---@return integer bytes
function engine.piece_length(size) end

---@class core.engine.Description
---@field name string of the torrent: UTF-8, the file or the folder that recipients will see; need not be the name on disk
---@field kind "file"|"folder"
---@field manifest string see core.manifest; hybrid and v2 need the order of tree:scan
---@field piece_length integer
---@field format "v1"|"hybrid"|"v2"
---@field pieces string as core.hasher gave them, and the two below. Hybrid: zeros only before a file that is not empty
---@field roots string
---@field layers string
---@field private boolean? BEP 27
---@field similar string[]? info-hashes (hex) of earlier versions (BEP 38)

---Makes a .torrent without trackers: info and, for v2, piece layers; `created by BTshare`, nothing else.
---Deterministic. Runs on the calling thread; time grows with the number of files.
---@param description core.engine.Description
---@return {torrent: string, info_hash: string, info_hash_v2: string?}? made bytes and hex
---@return string? message "invalid" for an empty share, which a torrent cannot hold
---@return string? code
function engine.make_torrent(description) end

---As make_torrent, on a thread of the pool: `on_made` is called on the loop, once, with what make_torrent would return.
---@param description core.engine.Description
---@param on_made fun(made: {torrent: string, info_hash: string, info_hash_v2: string?}?, message: string?, code: string?)
---@return true? begun
---@return string? message
---@return string? code "full"; `on_made` is not called then
function engine.make_torrent_async(description, on_made) end

---Writes a magnet link (BEP 9, BEP 53): xt (btih, btmh), dn, tr, x.pe, ws, percent-encoded.
---@param magnet {info_hash: string?, info_hash_v2: string?, name: string, trackers: string[]?, peers: string[]?, web_seeds: string[]?} peers "IP:port" or "[IPv6]:port"
---@return string uri
function engine.magnet(magnet) end

---@class core.engine.Engine
local Engine = {}

---@class core.engine.Share
---@field info_hash string 40 hex digits
---@field torrent string bytes made by make_torrent
---@field root string absolute path
---@field base string as in core.hasher.Job
---@field manifest string the one the torrent was made from, same order
---@field public boolean? with DHT, LSD, PEX (default: none of them)
---@field trackers string[]? only those we announce to ourselves (public exposure); our own tracker is not among them
---@field up_limit integer? bytes a second, 0 or nil: no limit of its own

---Seeds a share: seed_mode | upload_mode | update_subscribe | apply_ip_filter, not paused, not auto-managed, never
---rechecked. Copies what it needs. An info-hash that is there already fails with "exists"; while it is being removed,
---until "removed", with "busy"; a manifest that is none with "invalid". The torrent is read on a thread of the engine:
---"added" follows, or "add-failed", also where it has another info-hash or describes other files than the manifest.
---@param share core.engine.Share
---@return true? begun
---@return string? message
---@return string? code
function Engine:add_share(share) end

---@class core.engine.Download one of torrent, magnet and resume
---@field folder string absolute path, opened once; beneath it no symbolic link is followed, and nothing outside is written
---@field torrent string? bytes of a .torrent that core.torrent has passed
---@field magnet string?
---@field resume string? what "resume-data" gave
---@field wanted boolean[]? for each file but pad files; not with a magnet
---@field known boolean? what has its names in the folder is its own; otherwise, where the first name is taken, "download-error" ("exists") comes and nothing is written
---@field paused boolean?
---@field wait boolean? receives the metadata, but touches nothing on disk until `set_wanted`
---@field idle boolean? asks for no piece until `resume`: only compares what is there
---@field public boolean? with DHT, LSD, PEX
---@field up_limit integer?
---@field down_limit integer?

---Receives a torrent. The answer comes as "added" or "add-failed", then "metadata" as soon as it is known. Codes as for
---add_share; "invalid" also for a torrent whose files are not received (links, too many, names that lead elsewhere).
---@param download core.engine.Download
---@return string? info_hash
---@return string? message
---@return string? code
function Engine:add_download(download) end

---The five below are for downloads: "missing" for shares. After "finished" no peer is asked for what is wanted
---additionally: save, remove, and add it anew.
---@param info_hash string
---@param wanted boolean[] for each file but pad files
---@return true? done
---@return string? message
---@return string? code "busy" before "metadata"
function Engine:set_wanted(info_hash, wanted) end

---Asks for "files".
---@param info_hash string
---@return true? done
---@return string? message
---@return string? code
function Engine:post_files(info_hash) end

---Asks for "resume-data" or "resume-failed"; `if_changed`: neither comes where nothing has changed since.
---@param info_hash string
---@param if_changed boolean?
---@return true? done
---@return string? message
---@return string? code
function Engine:save(info_hash, if_changed) end

---As `remove`, and deletes what was received, nothing else, before "removed" (with `message` where a file could not be).
---@param info_hash string
---@return true? done
---@return string? message
---@return string? code
function Engine:remove_data(info_hash) end

---Takes a torrent out of the swarm: after this call no further block of it is read; "removed" follows.
---@param info_hash string
---@return true? done
---@return string? message
---@return string? code "missing"
function Engine:remove(info_hash) end

---Stops (or goes on) sending at once and disconnects peers; the torrent stays, its files are closed. After
---"file-error" it may not be a seed any more: remove it, and add it anew where nothing has changed.
---@param info_hash string
---@return true? done
---@return string? message
---@return string? code "missing"
function Engine:pause(info_hash) end
---@param info_hash string
---@return true? done
---@return string? message
---@return string? code "missing"
function Engine:resume(info_hash) end

---Connects to a recipient now instead of waiting to be called. "missing": no such torrent, "busy": not yet "added",
---"invalid": no address. The same codes hold for set_limits and post_peers.
---@param info_hash string
---@param address string IP literal
---@param port integer
---@return true? done
---@return string? message
---@return string? code
function Engine:connect_peer(info_hash, address, port) end

---From now on these peers, and no others, are hung up on, within a second where they are connected, and whenever they
---come again. Forgotten with the torrent. May be called as soon as add_share has returned.
---@param info_hash string
---@param visitors {id: string?, address: string?, port: integer?}[] id: 20 bytes, as told to trackers and peers; address and port: where it listens
---@param addresses string[]? IP literals: where given, whoever is at another address is hung up on, too, before a byte is sent
---@return true? done
---@return string? message
---@return string? code "missing"
function Engine:refuse(info_hash, visitors, addresses) end

---Reads all of a download again and compares it with its hashes: "checked" comes, and "finished" where it is all there;
---what is wrong is received again. Waits while it is paused.
---@param info_hash string of a download whose metadata are known
---@return true? begun
---@return string? message
---@return string? code "missing", "busy" while it is being added
function Engine:recheck(info_hash) end

---@param info_hash string
---@param limits {up: integer?, down: integer?} bytes a second, 0 none, nil as it was
---@return true? done
---@return string? message
---@return string? code
function Engine:set_limits(info_hash, limits) end

---Applies settings by libtorrent's own names; unknown names and wrong types are "invalid" and nothing is applied.
---@param settings table<string, string|integer|boolean>
---@return true? done
---@return string? message
---@return string? code
function Engine:apply(settings) end

---The settings in force (blocks on libtorrent's network thread for a moment: at start and in tests only).
---@return table<string, string|integer|boolean>
function Engine:settings() end

---Ask for a "progress", "stats" or "peers" event. Never blocks.
function Engine:post_updates() end
function Engine:post_stats() end
---@param info_hash string
---@param with_pieces boolean? default false
---@return true? done
---@return string? message
---@return string? code
function Engine:post_peers(info_hash, with_pieces) end

---Closes: no event comes any more; disconnects, ends threads without blocking the loop (a thread of the
---uv pool waits, seconds where a tracker is slow). Then `on_closed` once. Closing twice is no mistake, anything else
---after it is misuse.
---@param on_closed fun()?
function Engine:close(on_closed) end

return engine
