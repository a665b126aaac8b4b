-- Addresses to listen on, as configuration and libraries write them.
local bound = {}

---0.0.0.0 means every address, IPv6 too.
---@param address string
---@return string[]
function bound.addresses(address)
  return address == "0.0.0.0" and { "0.0.0.0", "::" } or { address }
end

---@param address string
---@param port integer
---@return string "IP:port" or "[IPv6]:port"
function bound.join(address, port)
  return (address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address, port)
end

return bound
