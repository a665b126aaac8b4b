---@meta core.http
-- HTTP listeners (libmicrohttpd behind core/http.h). Each listener has threads of its own that read requests and send
-- bodies; Lua sees a request as a table and answers with a table, on the loop, whenever it likes.
-- Before Lua sees anything, C has refused (status, then close): ambiguous requests 400 (RFC 9112 §6.1, §6.3, two Hosts, NUL,
-- obs-fold, absolute form, unknown methods), foreign Hosts 421, targets over 2 KiB 414, headers over 16 KiB 431.

---@class core.http
---@field library string version of libmicrohttpd
local http = {}

---@class core.http.Options one of `address` and `path`
---@field address string? IP literal to bind, "127.0.0.1", "::" (IPv6 only)
---@field port integer? 0 lets the system choose
---@field path string? of a Unix socket, made with mode 0600; a stale one is replaced; peers of another uid are refused (SO_PEERCRED), root is not
---@field hosts string[]? host names allowed in Host, without port; on a Unix socket every name is. IP literals: see `literals`
---@field literals "own"|"any"|nil own (default): only the address the connection came in on; any: every literal but unspecified, multicast and link-local. localhost and *.localhost are allowed where the bound address is loopback
---@field threads integer? default 2
---@field connections integer? limit, default 64; more wait in the backlog
---@field connections_per_address integer? default 16, 0 none
---@field header_seconds integer? a connection must have sent a request's headers by then, default 10
---@field idle_seconds integer? default 15
---@field slow_seconds integer? a client that sends or takes less than 1 KiB/s over so long is cut, default 60, 0 never
---@field body_limit integer? default 65536 bytes; more is 413, chunked counted

---@class core.http.Request
---@field id integer
---@field method "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE"|"OPTIONS"
---@field target string raw, as sent
---@field segments string[] the path's segments, each percent-decoded once; {} for "/". Refused before: %00 %0d %0a %2f %5c, bad %xy, invalid UTF-8, ".", "..", empty segments but a last one (path.slash)
---@field slash boolean whether the path ended in "/"
---@field query string raw, without "?", "" if none
---@field headers table<string, string> names in lower case; repeated ones joined by ", "
---@field body string "" if none
---@field body_file integer? descriptor that the body was written to, see `let_in`; good until the request is replied to
---@field body_length integer? bytes that were
---@field body_digest string? of them, where `let_in` was to take one
---@field address string of the peer, "" on a Unix socket
---@field port integer
---@field host string the Host header, or ""
---@field version "1.0"|"1.1"

---@class core.http.File a regular file of a manifest, opened beneath its root on HTTP's threads; if it is not as described the request ends in 410, or the connection is cut when bytes have been sent
---@field root string
---@field path string relative to root
---@field size integer
---@field mtime_ns integer
---@field ctime_ns integer
---@field inode integer
---@field offset integer? default 0
---@field length integer? default size - offset

---@class core.http.Reply
---@field status integer
---@field headers table<string, string|string[]>? CR, LF, NUL and other control characters are refused: the reply becomes a 500. Content-Length, Transfer-Encoding, Connection and Date are not to be set
---@field body string|(string|core.http.File)[]|core.http.Body|nil a string, or parts that are sent one after another; Content-Length is set. HEAD sends none, whatever is given
---@field length integer? for HEAD alone, instead of a body: how long it would be
---@field gone core.http.Reply? with a string as its body: sent instead where the first file is not as described, which otherwise is a 410 in plain text
---@field close boolean? end the connection after it
---@field rate integer? bytes a second of this body, 0 or nil: no limit
---@field stream boolean? after the body, which holds no files, comes what is pushed: no Content-Length, no time-outs

---A body that is filled in several goes, for replies with very many parts. Replying takes it.
---@return core.http.Body
function http.body() end

---@class core.http.Body
local Body = {}

---@param bytes string
function Body:add_bytes(bytes) end

---A range of a file, see core.http.File.
---@param root string
---@param path string
---@param size integer
---@param mtime_ns integer
---@param ctime_ns integer
---@param inode integer
---@param offset integer? default 0
---@param length integer? default size - offset
---@return integer part its number
function Body:add_file(root, path, size, mtime_ns, ctime_ns, inode, offset, length) end

---The CRC-32 of a whole file added before, 4 bytes, little-endian; taken while that file is sent.
---@param part integer number of the file's part
function Body:add_crc(part) end

---@return integer bytes
---@return integer parts bytes that follow bytes add none
function Body:measure() end

---Reads all of it on libuv's pool, at most 16 MiB, with the same checks as when it is sent, and calls `on_done(bytes)`, or
---`on_done(nil, message, "gone")` where a file is not as described. Takes the body, as a reply does.
---@param on_done fun(bytes: string?, message: string?, code: string?)
---@return true? begun
---@return string? message
---@return string? code "full" beyond the limit
function Body:read(on_done) end

---`on_request` is called on the loop with a whole request (its body read). Each request must get exactly one reply, soon;
---if `on_request` raises, the error is reported and the request is answered with 500.
---`on_head`, where given, is called first for a request that has a body, before the body is read (`body` is "" then). It
---must be refused by a reply, which ends the connection and sends no "100 Continue", or be let in.
---`on_sent` tells how a reply with file parts, with a core.http.Body, or a stream, ended: the bytes of its body handed to the system, and whether all of them
---were. It is false for HEAD. What `close` cuts is told before `close` returns.
---@param options core.http.Options
---@param on_request fun(request: core.http.Request)
---@param on_sent fun(id: integer, bytes: integer, complete: boolean)?
---@param on_head fun(request: core.http.Request)?
---@param on_piece fun(id: integer, bytes: string)? see `let_in_pieces`; if it raises, the connection is cut
---@return core.http.Listener? listener
---@return string? message "ADDRESS:PORT: address already in use"
---@return string? code "exists" when taken, "denied" for privileged ports
function http.open(options, on_request, on_sent, on_head, on_piece) end

---@class core.http.Listener
---@field address string bound
---@field port integer bound
local Listener = {}

---Answers. An id that is gone (client vanished) is fine: false is returned.
---@param id integer
---@param reply core.http.Reply
---@return boolean accepted
function Listener:reply(id, reply) end

---Lets the body of a request come that `on_head` was told of; the whole request comes to `on_request` then. If it never
---is whole, `on_sent` tells: with the bytes of the body that came, and false; but not for a body that goes to memory.
---@param id integer
---@param body_limit integer bytes, in place of the listener's; more is 413, chunked counted
---@param body_file integer? descriptor that the body is written to, from its place on, on HTTP's threads, in place of memory. The listener's from then on: closed when the request has ended, however it did. No room there is 507
---@param keep_free integer? bytes that stay free beside that file, looked at each 64 MiB: less is 507
---@param digest "SHA1"|"SHA256"|nil taken of what is written to that file, as it comes
---@return boolean found false: the request is gone, and the descriptor the caller's
function Listener:let_in(id, body_limit, body_file, keep_free, digest) end

---As `let_in`, but the body is told of piece by piece, by `on_piece`, and not kept: `body` is "" at its end.
---@param id integer
---@param body_limit integer
---@return boolean found
function Listener:let_in_pieces(id, body_limit) end

---Lets the next piece come; until then its sender waits. One is under way at a time.
---@param id integer
---@param refusal integer? status that the next one is refused with, if there is one: the body never is whole then
---@return boolean found
function Listener:next_piece(id, refusal) end

---Adds to a stream. One that lets more than 256 KiB pile up is cut.
---@param id integer
---@param bytes string
---@return integer? queued bytes that wait to be sent; nil when the stream has ended, which on_sent tells
function Listener:push(id, bytes) end

---No more will be pushed: the stream ends when all was sent.
---@param id integer
---@return boolean found
function Listener:finish(id) end

---Cuts the connection of a request whose reply is being sent, or whose body is being read after it was let in; other ids
---are left alone.
---@param id integer
function Listener:cut(id) end

---Changes how fast a reply goes that is being sent, at once. A body that is one string, and had no rate, is not slowed.
---@param id integer
---@param rate integer bytes a second, 0: no limit
---@return boolean found false: it has ended, or was not replied to yet
function Listener:set_rate(id, rate) end

---@param id integer
---@return integer? bytes of the reply's body that were handed to the system so far; nil as above
---@return number? starved seconds in all in which the rate held it up, and not its reader
function Listener:sent(id) end

---@param hosts string[]
function Listener:set_hosts(hosts) end

---Answers what waits with 503, ends threads, closes the socket. Idempotent; never takes longer than a few ms.
function Listener:close() end

return http
