-- The files of a share as its page lists them: the first thousand, made once for each version.
local content = require "btshare.shares.content"
local disposition = require "btshare.http.disposition"
local magic = require "btshare.http.magic"
local manifests = require "core.manifest"
local text = require "btshare.terminal.text"

local listing = {}

listing.most = 1000

---@class btshare.Listed
---@field index integer
---@field path string bytes, relative to the share
---@field folder string for display: "a/b/", "" where it is not in a folder
---@field name string for display
---@field segment string the name percent-encoded
---@field size integer
---@field has_preview boolean whether it may well have one

local kept = setmetatable({}, { __mode = "k" }) -- share → { key, files }

---@param path string
---@return string folder
---@return string name
local function split(path)
  return path:match("^(.*/)([^/]*)$")
end

local function make(of)
  local files = {}
  for index, path, size in manifests.each(of.manifest) do
    if index > listing.most then break end
    local folder, name = split(path)
    name = name or path
    files[index] = {
      index = index, path = path, folder = text.escape(folder or ""), name = text.escape(name),
      segment = disposition.segment(name), size = size, has_preview = magic.is_likely(name, size),
    }
  end
  return files
end

---@param shares btshare.Shares
---@param share btshare.Share
---@return btshare.Listed[] files at most `listing.most`
function listing.of(shares, share)
  local key = share.fresh or share.number
  local known = kept[share]
  if not known or known.key ~= key then
    local of = content.of(shares, share)
    if not of then return {} end
    known = { key = key, files = make(of) }
    kept[share] = known
  end
  return known.files
end

return listing
