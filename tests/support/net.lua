-- Two network namespaces joined by a veth pair, from which no packet can leave: the sender's and the
-- recipients'. They exist as long as the processes that hold them, so nothing has to be cleaned up.
local helper = require "helper"
local process = require "support.process"

local net = {}

---@class Net
---@field sender Namespace
---@field recipients Namespace
---@field sender_address string
---@field private base string

---Whether this process may make namespaces.
---@return boolean possible
---@return string? reason
function net.possible()
  local probe = process.start { "unshare", "--net", "ip", "link", "set", "lo", "up" }
  if probe:wait(10) == 0 then return true end
  return false, "needs root (or CAP_SYS_ADMIN) to make network namespaces"
end

---Makes a namespace with nothing but its loopback.
---@return Namespace
function net.hold()
  local ready = false
  local holder = process.start(
    { "unshare", "--net", "sh", "-c", "ip link set lo up && echo ready && exec sleep infinity" },
    { on_line = function() ready = true end })
  holder:wait_for(function() return ready end, 10, "the network namespace")
  return holder
end

local function ip(namespace, words)
  local command = { "ip" }
  for word in words:gmatch("%S+") do command[#command + 1] = word end
  process.run(command, { namespace = namespace })
end

---Makes the pair. The sender has `base`.1; the recipients' namespace has all of `base`.2 to .20, as
---each recipient needs an address of its own: libtorrent keeps one connection an address.
---@param base string? three numbers of an IPv4 address, default "10.66.0"
---@return Net
function net.open(base)
  base = base or "10.66.0"
  local sender, recipients = net.hold(), net.hold()
  ip(sender, "link add veth0 type veth peer name veth0 netns " .. recipients.pid)
  ip(sender, ("addr add %s.1/24 dev veth0"):format(base))
  local batch = {}
  for host = 2, 20 do batch[#batch + 1] = ("addr add %s.%d/24 dev veth0"):format(base, host) end
  local file = os.tmpname()
  helper.write(file, table.concat(batch, "\n") .. "\n")
  ip(recipients, "-batch " .. file)
  os.remove(file)
  ip(sender, "link set veth0 up")
  ip(recipients, "link set veth0 up")
  return { sender = sender, recipients = recipients, base = base, sender_address = base .. ".1" }
end

---The address of recipient `number`, from 1.
---@param self Net
---@param number integer
---@return string
function net.address(self, number)
  assert(number >= 1 and number <= 19, "a network has room for 19 recipients")
  return ("%s.%d"):format(self.base, number + 1)
end

return net
