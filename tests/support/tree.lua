-- Folders to share, and whether two of them are equal byte for byte.
local helper = require "helper"
local uv = require "luv"

local tree = {}

---Bytes that look random, do not compress and depend only on `seed`.
---@param size integer
---@param seed integer?
---@return string
function tree.bytes(size, seed)
  local state = (seed or 1) * 0x9E3779B97F4A7C15 | 1
  local words = {}
  for index = 1, (math.min(size, 1 << 20) + 7) // 8 do
    state = state ~ (state << 13)
    state = state ~ (state >> 7)
    state = state ~ (state << 17)
    words[index] = string.pack("<i8", state)
  end
  local block = table.concat(words)
  local blocks = {} -- each block starts with its number, so that no two pieces are equal
  for index = 0, size // #block do blocks[#blocks + 1] = string.pack("<i8", index) .. block:sub(9) end
  return table.concat(blocks):sub(1, size)
end

---Writes `files` (relative path to content) below `folder`, making folders as needed.
---@param folder string
---@param files table<string, string>
function tree.write(folder, files)
  for path, content in pairs(files) do
    local full = folder .. "/" .. path
    for slash in full:gmatch("()/") do
      if slash > #folder then uv.fs_mkdir(full:sub(1, slash - 1), 493) end -- 0755
    end
    helper.write(full, content)
  end
end

---The folder that every client has to bring over: nested, with odd names, empty, tiny and large files.
---@param folder string
function tree.write_odd(folder)
  uv.fs_mkdir(folder, 493)
  tree.write(folder, {
    ["large.bin"] = tree.bytes(3000000, 7),
    ["empty"] = "",
    ["one byte"] = "1",
    ["été/日本語/Ωmega ✓.txt"] = tree.bytes(20000, 8),
    ["nested/a/b/c/d/e/deep.dat"] = tree.bytes(100001, 9),
    ["nested/a/same name"] = "first\n",
    ["nested/a/b/same name"] = "second\n",
    ["signs/100% & #1 + [x] {y} (z), a=b; 'q' ~@!$^.txt"] = tree.bytes(16384, 10),
    ["signs/%41%2f..%2fnot-a-path"] = "percent\n",
    ["signs/...three dots"] = "dots\n",
    ["signs/-rf"] = "dash\n",
  })
end

---Every regular file below `folder`, by relative path.
---@param folder string
---@return table<string, string> content
function tree.read(folder)
  local files = {}
  local function walk(prefix)
    local entries = assert(uv.fs_scandir(folder .. prefix))
    for name, kind in function() return uv.fs_scandir_next(entries) end do
      local path = prefix .. "/" .. name
      if kind == "directory" then
        walk(path)
      elseif kind == "file" then
        files[path:sub(2)] = helper.read(folder .. path)
      end
    end
  end
  walk("")
  return files
end

---What differs between two folders (or two files), in words; nil when they are equal byte for byte.
---@param expected string
---@param actual string
---@param options {without_empty: boolean?}? without_empty: empty files need not be there
---@return string? difference
function tree.difference(expected, actual, options)
  local stat = assert(uv.fs_stat(expected))
  if not uv.fs_stat(actual) then return actual .. " is not there" end
  if stat.type == "file" then
    return helper.read(expected) ~= helper.read(actual) and actual .. " has other content" or nil
  end
  local wanted, got = tree.read(expected), tree.read(actual)
  local differences = {}
  for path, content in pairs(wanted) do
    if not got[path] and not (content == "" and options and options.without_empty) then
      differences[#differences + 1] = path .. " is missing"
    elseif got[path] and got[path] ~= content then
      differences[#differences + 1] = path .. " has other content"
    end
  end
  for path in pairs(got) do
    if not wanted[path] then differences[#differences + 1] = path .. " is new" end
  end
  table.sort(differences)
  return differences[1] and table.concat(differences, "\n") or nil
end

---Whether `marker` is anywhere in the names or contents below `folder`, unfinished files included.
---@param folder string
---@param marker string
---@return string? path where it was found
function tree.find(folder, marker)
  for path, content in pairs(tree.read(folder)) do
    if path:find(marker, 1, true) or content:find(marker, 1, true) then return path end
  end
end

return tree
