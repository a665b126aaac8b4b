---@meta core.mapper
-- Ports of the router, by NAT-PMP (RFC 6886) or UPnP IGD, whichever it knows (libnatpmp and libminiupnpc behind
-- core/mapper.h). Asking happens on a thread of its own. TCP and IPv4 only.

---@class core.mapper
local mapper = {}

---@class core.mapper.Options
---@field ports {inner: integer, outer: integer?}[] 1 to 4: ours, and the outer one wished for (default: the same)
---@field address string? IPv4 literal of ours that is to be reached; default: the one that faces the router
---@field lease_seconds integer? default 3600
---@field refresh_seconds integer? all is asked for anew so often, so that a restarted router has it again; default 300. While nothing answers the time doubles, up to twelve times as long

---@class core.mapper.Change how things stand after asking
---@field outer integer[] the router's ports, in the order of the options; 0: not open
---@field way "UPnP"|"NAT-PMP"|nil nil where none is open
---@field external string? the router's address on the internet, as it says
---@field message string? where a port is not open: why ("no router answered", "the router refuses (UPnP error 718, …)")
---@field code string? "missing": no router answered, "denied", "full", "busy": it has no address on the internet

---Starts asking. `on_change` is called on the loop after each asking, also where nothing changed.
---@param options core.mapper.Options
---@param on_change fun(change: core.mapper.Change)
---@return core.mapper.Mapper? mapper
---@return string? message
---@return string? code
function mapper.open(options, on_change) end

---@class core.mapper.Mapper
local Mapper = {}

---Looks for the router anew and asks now: our address has changed.
function Mapper:ask() end

---Closes the ports without blocking the loop, which stays open until the router has answered, for 3 s at the
---most (what is open then ends with its lease); then `on_closed` once. No change is told any more. Idempotent.
---@param on_closed fun()?
function Mapper:close(on_closed) end

return mapper
