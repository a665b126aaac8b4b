-- Who really asks, behind a proxy that the owner trusts: X-Forwarded-For and X-Forwarded-Proto (security S06).
--
-- Of anybody else these headers are ignored, since everybody can write them.
local forwarded = {}

local function is_address(text)
  return text:find("^%d+%.%d+%.%d+%.%d+$") ~= nil or (text:find(":", 1, true) and text:find("^[%x:.]+$") ~= nil)
end

-- "[2001:db8::1]:443" and "192.0.2.1:443" have a port, which is of no interest.
local function bare(hop)
  return hop:match("^%[([%x:.]+)%]") or hop:match("^(%d+%.%d+%.%d+%.%d+):%d+$") or hop
end

---@param request core.http.Request
---@param trusted table<string, true> addresses of proxies
---@return string address of the client: of the hops that the proxies named, the right-most that is none of them
---@return boolean is_secure whether it came by HTTPS to a trusted proxy
function forwarded.read(request, trusted)
  if not trusted[request.address] then return request.address, false end
  local hops = {}
  for hop in (request.headers["x-forwarded-for"] or ""):sub(-2048):gmatch("[^,%s]+") do hops[#hops + 1] = bare(hop) end
  local address = request.address
  for index = #hops, 1, -1 do
    if not is_address(hops[index]) then break end
    address = hops[index]
    if not trusted[address] then break end
  end
  local protocol = (request.headers["x-forwarded-proto"] or ""):match("([^,%s]+)%s*$")
  return address, protocol == "https"
end

return forwarded
