-- What the specs of core.tree share: a folder, its tree, and what that told.
local helper = require "helper"
local manifest = require "core.manifest"
local tree = require "core.tree"
local uv = require "luv"

local tree_bench = {}

---@class TreeBench
---@field folder string
---@field root core.tree.Root? open
---@field changes (core.tree.Change|core.tree.Notice)[] all that were told
local Bench = {}
Bench.__index = Bench

function tree_bench.new()
  return setmetatable({ folder = helper.folder(), changes = {} }, Bench)
end

function Bench:close()
  if self.root then self.root:close() end
  os.execute("rm -rf " .. self.folder)
  uv.run("nowait")
end

---@param options core.tree.Options?
---@return core.tree.Root
function Bench:open(options)
  self.root = assert(tree.open(self.folder, function(list)
    for _, change in ipairs(list) do self.changes[#self.changes + 1] = change end
  end, options))
  return self.root
end

---Scans to the end.
---@param options core.tree.ScanOptions?
---@return table<string, core.tree.Entry> entries
---@return string[] order
---@return table ended what on_done was given
function Bench:scan(options)
  local entries, order, ended = {}, {}, nil
  assert(self.root:scan(options or {}, function(batch)
    for _, entry in ipairs(batch) do
      entries[entry.name] = entry
      order[#order + 1] = entry.name
    end
  end, function(...) ended = { ... } end))
  helper.wait_for(function() return ended end, 20, "the scan")
  return entries, order, ended
end

function tree_bench.paths(entry)
  local list = {}
  for _, path in manifest.each(entry.manifest) do list[#list + 1] = path end
  return list
end

---Waits for the first change for which that is true.
---@param matches fun(change: core.tree.Change|core.tree.Notice): any
---@param what string
function Bench:wait_for(matches, what)
  return helper.wait_for(function()
    for _, change in ipairs(self.changes) do
      if matches(change) then return change end
    end
  end, 5, what)
end

function Bench:make(path)
  assert(os.execute("mkdir -p '" .. self.folder .. "/" .. path .. "'"))
end

function Bench:write(path, content)
  helper.write(self.folder .. "/" .. path, content or path)
end

return tree_bench
