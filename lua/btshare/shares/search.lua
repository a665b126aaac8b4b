-- Finds shares by what their names and the names of their files contain.
--
-- The names of a share are folded once for each of its versions and kept; asking goes through them in memory, which
-- takes less than an index would on each change: about a byte of memory for each byte of a name.
local fold = require "btshare.shares.fold"
local manifests = require "core.manifest"
local task = require "btshare.task"

---@class btshare.Search
---@field private services btshare.Services
---@field private kept table<btshare.Share, {entry: string, number: integer?, fresh: string?, text: string}>
local Search = {}
Search.__index = Search

local search = {}

local files_per_turn = 2000 -- of the loop

---@param services btshare.Services
---@return btshare.Search
function search.new(services)
  return setmetatable({ services = services, kept = setmetatable({}, { __mode = "k" }) }, Search)
end

local function file_names(self, share)
  local manifest = share.fresh
  if not manifest then
    local row = self.services.store:query("SELECT manifest FROM versions WHERE share = ?", share.id)[1]
    manifest = row and row.manifest
  end
  local names, count = {}, 0
  for _, path in manifests.each(manifest or "") do
    count = count + 1
    names[count] = path
    if count % files_per_turn == 0 then task.breathe() end
  end
  return table.concat(names, "\n")
end

-- A single file has no other name than its share.
local function text_of(self, share)
  local kept = self.kept[share]
  if kept and kept.entry == share.entry and kept.number == share.number and kept.fresh == share.fresh then
    return kept.text
  end
  kept = { entry = share.entry, number = share.number, fresh = share.fresh }
  local names = share.kind == "folder" and file_names(self, share) or ""
  kept.text = fold.text(share.entry .. "\n" .. names)
  self.kept[share] = kept
  return kept.text
end

---Folds the names of a share, unless that is done: for what is asked later. Call in a task.
---@param share btshare.Share
function Search:learn(share)
  text_of(self, share)
end

---The words of a question: a share must contain each.
---@param question string
---@return string[]
local function words_of(question)
  local words = {}
  for word in fold.text(question):gmatch("%S+") do words[#words + 1] = word end
  return words
end

local function contains(text, words)
  for _, word in ipairs(words) do
    if not text:find(word, 1, true) then return false end
  end
  return true
end

---Those of the shares whose names contain every word. Call in a task.
---@param list btshare.Share[]
---@param question string
---@return btshare.Share[]
function Search:among(list, question)
  local words, found = words_of(question), {}
  if #words == 0 then return list end
  for index, share in ipairs(list) do
    if contains(text_of(self, share), words) then found[#found + 1] = share end
    if index % 20 == 0 then task.breathe(10) end
  end
  return found
end

return search
