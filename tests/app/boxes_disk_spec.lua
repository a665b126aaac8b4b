-- The disk of a drop box: what must stay free does, whatever comes, and what comes is written once and nowhere else
-- (security S22, S24; fault R04).
local box_module = require "box"
local client = require "http_client"
local helper = require "helper"
local net = require "support.net"
local skip = require "support.skip"

if not net.possible() then
  return skip.tests("a full disk for what others send", "needs root to mount a small one")
end

local mebibyte = 1 << 20
local size = 100 * mebibyte
local roomy, full = "2200m", "2048m" -- 2 GiB stay free, so that in one there is room for 152 MiB

describe("a drop box on a small disk", function()
  local here, link

  before_each(function()
    here = box_module.start(nil, { disk = roomy })
    link = "/d/" .. here.token
  end)
  after_each(function() here:close() end)

  -- Sends the head of a request that waits with its body, and gives what came back.
  local function announce(method, target, headers)
    headers.Expect, headers["Content-Length"] = "100-continue", tostring(200 * mebibyte)
    return here:raw(here:head(method, target, headers))
  end

  -- Sends so much that the room is looked at again, while others fill the disk; gives what came back.
  local function fill_while(method, target, headers)
    headers["Content-Length"] = tostring(size)
    local connection = client.connect { port = here.console.public }
    connection:send(here:head(method, target, headers) .. ("x"):rep(mebibyte))
    helper.wait_for(function()
      local upload = here:uploads()[1]
      return upload and upload.received == mebibyte
    end, 30, "the first bytes")
    here:resize(full)
    connection:send(("x"):rep(64 * mebibyte))
    local answer = connection:rest(60)
    here:resize(roomy)
    return answer
  end

  it("takes nothing that it has no room for, and stops when there is none any more", function()
    local creation = box_module.creation("film.bin", 200 * mebibyte)
    creation["Content-Type"] = "application/offset+octet-stream"
    local before = here:count_written()
    for _, answer in ipairs {
      announce("POST", link .. "/files", creation),
      announce("PUT", link .. "/film.bin", {}),
    } do
      assert.matches("^HTTP/1.1 507 ", answer)
      assert.is_nil(answer:find("100 Continue", 1, true))
    end
    assert.is_true(here:count_written() - before < mebibyte)

    assert.matches("^HTTP/1.1 507 ", fill_while("PUT", link .. "/film.bin", {}))
    helper.wait_for(function() return #here:files() == 0 and #here:uploads() == 0 end, 30, "the end of what came")

    local target = select(2, here:create("film.bin", size))
    assert.matches("^HTTP/1.1 507 ", fill_while("PATCH", target, box_module.patching(0)))
    local offset = here:offset(target)
    assert.is_true(offset >= 64 * mebibyte and offset < 65 * mebibyte, offset)
    before = here:count_written()
    local last = here:patch(target, offset, ("x"):rep(size - offset))
    assert.equal(204, last.status, last.raw)
    local written = here:count_written() - before
    assert.is_true(written >= size - offset and written < size - offset + mebibyte, written)
    assert.same({ ".waiting/" .. here.id .. "/" .. here:uploads()[1].id }, here:files())
  end)
end)
