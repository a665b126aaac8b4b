---@meta core.hasher
-- Piece hashes and CRC-32s of the files of a manifest, on threads of its own, with one read of each byte.

---@class core.hasher
local hasher = {}

---@class core.hasher.Options
---@field threads integer? default: as many as there are cores
---@field read_size integer? bytes of one pread, default 256 KiB

---@param options core.hasher.Options?
---@return core.hasher.Hasher? hasher
---@return string? message
---@return string? code
function hasher.open(options) end

---@class core.hasher.Hasher
local Hasher = {}

---@class core.hasher.Previous what an earlier version of the same share gave: unchanged pieces are taken from it
---without a read. One of another format or piece length, or whose lengths do not fit its manifest, is left aside
---@field manifest string
---@field piece_length integer
---@field format "v1"|"hybrid"|"v2"
---@field pieces string
---@field roots string
---@field layers string
---@field crcs string

---@class core.hasher.Job
---@field root string absolute path of the shared folder
---@field base string "" for a file share, else the folder's name; manifest paths are below root/base
---@field manifest string
---@field piece_length integer bytes, a power of two from 16 KiB to 256 MiB; at most 2^26 pieces (checked on the thread: code "invalid")
---@field format "v1"|"hybrid"|"v2" v1 packs files one after another; hybrid starts each file at a piece (zeros are hashed between, not after the last); v2 has no v1 pieces
---@field previous core.hasher.Previous?

---@class core.hasher.Result
---@field pieces string 20 bytes a piece, SHA-1 (BEP 3); "" for v2
---@field roots string 32 bytes a file in manifest order, merkle root (BEP 52), zeros for an empty file; "" for v1
---@field layers string for each file larger than a piece, in order: 32 bytes for each of its pieces (BEP 52 piece layers); "" for v1
---@field crcs string 4 bytes, little-endian, a file: CRC-32 as ZIP has it
---@field seconds number wall time from first read to last
---@field bytes_read integer
---@field bytes_reused integer

---Starts or queues a job. Small jobs run beside large ones. Each file is opened beneath the root and must have the
---manifest's size, mtime_ns, ctime_ns and inode, before and after it is read; if not the job fails
---with code "gone" and names the file. `on_done` is called on the loop once, unless cancelled.
---@param job core.hasher.Job
---@param on_done fun(result: core.hasher.Result|nil, message: string?, code: string?)
---@param on_progress fun(bytes_done: integer, bytes: integer)? at most 4 times a second
---@return integer? id
---@return string? message misuse of values: piece length, manifest
---@return string? code
function Hasher:hash(job, on_done, on_progress) end

---Forgets a job: it stops at the next read, its callbacks are not called. Unknown ids are fine.
---@param id integer
function Hasher:cancel(id) end

---Stops threads and forgets all jobs. Idempotent.
function Hasher:close() end

return hasher
