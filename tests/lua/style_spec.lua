-- The house rules that a machine can check: who may know whom (design §2), sizes, and what must not be there.
local levels = {
  { "^btshare%.types", "^btshare%.log$", "^btshare%.scope$", "^btshare%.task", "^btshare%.catalog",
    "^btshare%.suggest$", "^btshare%.command_names$",
    "^btshare%.small_file$", "^btshare%.units$", "^btshare%.exit$", "^btshare%.bencode$",
    "^btshare%.paths$", "^btshare%.environment$", "^btshare%.exposure$", "^btshare%.bound$", "^btshare%.ceilings$",
    "^btshare%.terminal", "^btshare%.i18n" },
  { "^btshare%.engine", "^btshare%.store", "^btshare%.plugin$", "^btshare%.plugin%.", "^btshare%.config",
    "^btshare%.settings",
    "^btshare%.events$", "^btshare%.obfuscation$",
    "^btshare%.http%.", "^btshare%.api", "^btshare%.mapping$", "^btshare%.protect$", "^btshare%.service$" },
  { "^btshare%.library", "^btshare%.shares", "^btshare%.links$", "^btshare%.reach$", "^btshare%.reachability",
    "^btshare%.plugin_services", "^btshare%.transfers$", "^btshare%.recipients", "^btshare%.history",
    "^btshare%.activity$", "^btshare%.boxes", "^btshare%.diagnostics$",
    "^btshare%.live", "^btshare%.budget", "^btshare%.connections$", "^btshare%.uploads",
    "^btshare%.news%.", "^btshare%.sign_in", "^btshare%.downloads" },
  { "^btshare%.routes%.", "^btshare%.doors$" },
  { "^btshare$", "^btshare%.init$", "^btshare%.start$", "^btshare%.start%.", "^btshare%.alone$",
    "^btshare%.rehearsal$", "^btshare%.reading$", "^btshare%.harness%.", "^btshare%.cli",
    "^btshare%.main$", "^btshare%.script$" },
}

local function level_of(module)
  for level, patterns in ipairs(levels) do
    for _, pattern in ipairs(patterns) do
      if module:find(pattern) then return level end
    end
  end
end

local function files(command)
  local list = {}
  local pipe = assert(io.popen(command))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  assert(#list > 0, command .. ": found nothing")
  return list
end

local function text_of(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local root = require("core.host").data

describe("the house", function()
  it("has arrows that never point up", function()
    for _, path in ipairs(files("find " .. root .. "/lua/btshare -name '*.lua'")) do
      local module = path:match("lua/(btshare.*)%.lua$"):gsub("/init$", ""):gsub("/", ".")
      local own = level_of(module)
      assert.is_truthy(own, module .. " has no place in the house")
      local code = text_of(path):gsub("%-%-[^\n]*", "") -- without comments
      for required in code:gmatch('require%s*%(?"(btshare[%w_.]*)"') do
        local other = level_of(required)
        assert.is_truthy(other, module .. " requires " .. required .. ", which has no place in the house")
        assert.is_true(other <= own, module .. " may not know " .. required)
      end
    end
  end)

  it("has engines that know neither Lua nor libuv", function()
    for _, path in ipairs(files("ls " .. root .. "/core/*.h " .. root .. "/core/*.c " .. root .. "/core/*.cpp")) do
      local name = path:match("([^/]+)$")
      local is_glue = name:find("_lua%.[ch]$") or name:find("^host") or name:find("^glue") or name == "main.c"
        or name == "modules.h"
      if not is_glue then
        local text = text_of(path)
        assert.is_nil(text:find('#include <lua'), name .. " knows Lua")
        assert.is_nil(text:find('#include <uv'), name .. " knows libuv")
        if not name:find("^engine") then
          assert.is_nil(text:find("libtorrent/"), name .. " knows libtorrent")
        end
        if not name:find("^http") then
          assert.is_nil(text:find("<microhttpd"), name .. " knows libmicrohttpd")
        end
      end
    end
  end)

  it("never calls a torrent encrypted, and has no file over 400 lines", function()
    for _, path in ipairs(files("find " .. root .. "/core " .. root .. "/lua " .. root .. "/plugins -type f")) do
      local text = text_of(path)
      assert.is_nil(text:lower():find("encrypted torrent", 1, true), path)
      local _, lines = text:gsub("\n", "")
      local is_made = text:find "^%-%-%-@meta\n[^\n]*Made by scripts/" ~= nil
      assert.is_true(lines <= 400 or is_made, path .. " has " .. lines .. " lines")
    end
  end)

  it("opens every Lua file with a sentence that says what it is", function()
    for _, path in ipairs(files("find " .. root .. "/lua/btshare " .. root .. "/plugins -name '*.lua'")) do
      assert.matches("^%-%- ", text_of(path), path)
    end
  end)
end)
