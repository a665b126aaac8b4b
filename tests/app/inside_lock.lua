-- Run by plugin_law_spec: takes the write lock as btshare does, then tries to change what is shared.
local protect = require "btshare.protect"
local sandbox = require "core.sandbox"
local uv = require "luv"

local state, share = ...
local protection = assert(protect.start({ state = state, cache = state }, {}))
assert(protection:find("^Landlock"), protection)
assert(sandbox.try_write(share))

local file = share .. "/a.txt"
local tries = {
  create = function() return uv.fs_open(share .. "/new", "w", 420) end,
  append = function() return uv.fs_open(file, "a", 420) end,
  update = function() return uv.fs_open(file, "r+", 420) end,
  remove = function() return uv.fs_unlink(file) end,
  rename = function() return uv.fs_rename(file, share .. "/b.txt") end,
  take = function() return uv.fs_rename(file, state .. "/a.txt") end,
  link = function() return uv.fs_link(file, share .. "/linked") end,
  symlink = function() return uv.fs_symlink(file, share .. "/linked") end,
  mkdir = function() return uv.fs_mkdir(share .. "/folder", 493) end,
  rmdir = function() return uv.fs_rmdir(share) end,
}
for name, try in pairs(tries) do
  local done, message, code = try()
  assert(not done and (code == "EACCES" or code == "EXDEV"), name .. ": " .. tostring(message or "was possible"))
end
local own = assert(io.open(state .. "/own", "w"))
own:write("state")
own:close()
io.stdout:write("ok\n")
