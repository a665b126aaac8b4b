-- The policy of a shared folder, as its `.btshare.lua` says, where config.lua lets it. Methods of btshare.Library.
--
-- A mistake in it changes nothing: what its last form without one said holds on, over a restart too.
local folder = require "btshare.config.folder"

---@class btshare.Library
local Policy = {}

local prefix = "policy " -- names the settings that hold the last policy of a folder that had no mistake

local function tell(self, root, mistakes)
  local lines, file = {}, root.path .. "/" .. folder.file_name
  for index, mistake in ipairs(mistakes) do
    lines[index] = mistake.line and ("%s:%d: %s"):format(file, mistake.line, mistake.message)
      or ("%s: %s"):format(file, mistake.message)
  end
  local message = table.concat(lines, "\n")
  if message == root.policy_mistakes then return end
  root.policy_mistakes = message
  for _, line in ipairs(lines) do
    self.services.events:tell("notice", {
      level = "error", message = line .. "; the folder is shared as before",
    })
  end
end

local function keep(self, root, text)
  local store, name = self.services.store, prefix .. root.path
  if store:setting(name) == text then return end
  self.services.shares:spawn(function()
    store:write { text and { "INSERT OR REPLACE INTO settings VALUES (?, ?)", name, text }
      or { "DELETE FROM settings WHERE name = ?", name } }
  end)
end

-- What the last form without a mistake said.
local function former(self, root)
  if root.policy then return root.policy end
  local text = self.services.store:setting(prefix .. root.path)
  return text and folder.run(root.path .. "/" .. folder.file_name, text) or nil
end

local function read(self, root)
  local text, message = folder.read(root.path)
  local values, mistakes
  if text then
    values, mistakes = folder.run(root.path .. "/" .. folder.file_name, text)
  elseif message then
    mistakes = { { message = message } }
  end
  if mistakes then
    tell(self, root, mistakes)
    return former(self, root)
  end
  root.policy_mistakes = nil
  keep(self, root, text)
  return values
end

---Has the folder's own policy hold for what is looked at next.
---@param root btshare.Root whose folder is there
function Policy:follow_policy(root)
  local may_have = self.services.config.folder_policies and not root.only
  root.policy = may_have and read(self, root) or nil
  root.options = self:options_for(root.options.wanted, root.policy)
end

return Policy
