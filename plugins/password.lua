-- Password: a share opens only for those who know its password, on its page, by torrent, tracker and web seed alike.
--
-- `plugin "password" { for_all = file "secret.txt" }` in config.lua locks every share; `btshare password NAME` locks
-- one with a new password and prints it, and the console has it among the limits of a share. Who gave the right one is
-- let in for twelve hours, and its torrent client for a month; a changed password ends that within seconds.
local plugin = ...

local passwords = require "btshare.passwords"
local shares = require "btshare.shares"
local types = require "btshare.types"

local options = plugin:options {
  for_all = types.secret,           -- of every share that has none of its own
  shares = types.map(types.secret), -- by name: { ["film.mkv"] = "…" }
}

local said = {
  en = { label = "Password", needed = "Password needed." },
  fr = { label = "Mot de passe", needed = "Mot de passe demandé." },
}

local kept = plugin:store "hashes" -- by share: what the command gave it

local function known_of(share)
  return kept.get(share.id) or options.shares and options.shares[share.name] or options.for_all
end

plugin:on("share-open", function(event)
  local known = known_of(event.share)
  if known and not passwords.holds(event.grant, passwords.mark(known)) then return false, nil, "password" end
end)

plugin:on("share-unlock", function(event)
  local known = known_of(event.share)
  if not known then return end
  local is_right, message, code = event.by_owner, nil, nil
  if not is_right then is_right, message, code = passwords.check(event.password, known) end
  if is_right == nil then
    return false, message, code
  elseif not is_right then
    return false, "that is not the password", "wrong"
  end
  event.grant = passwords.mark(known)
  return true
end)

-- Whoever does not know it has to go at once.
local function keep(id, hash)
  local done, message, code = kept.set(id, hash)
  if done then shares.ask_again(id) end
  return done, message, code
end

plugin:on("share-removed", function(event) kept.set(event.share.id, nil) end)

plugin:panel {
  slot = "share.limits", title = { en = "Password", fr = "Mot de passe" }, kind = "form",
  data = function(context)
    local share, words = shares.get(context.share), said[context.language] or said.en
    if not share then return nil, context.share .. ": no such share", "missing" end
    return {
      fields = { { name = "password", label = words.label, kind = "secret", value = kept.get(share.id) } },
      summary = known_of(share) and words.needed or nil,
    }
  end,
  submit = function(values, context)
    local hash, message, code
    if values.password ~= "" then
      hash, message, code = passwords.hash(values.password)
      if not hash then return nil, message, code end
    end
    return keep(context.share, hash)
  end,
}

local function lift(share)
  local done, message, code = keep(share.id, nil)
  if not done then return nil, message, code end
  if known_of(share) then return share.name .. ": has the password of config.lua now" end
  return share.name .. ": opens without a password now"
end

local function lock(share, password)
  local chosen = password or passwords.make()
  local hash, message, code = passwords.hash(chosen)
  if not hash then return nil, message, code end
  local done
  done, message, code = keep(share.id, hash)
  if not done then return nil, message, code end
  return password and share.name .. ": is locked" or chosen
end

plugin:command("password", {
  summary = "lock a share with a password, or open it",
  usage = "[--off] NAME [PASSWORD]",
  scope = "share",
}, function(call)
  local words = { table.unpack(call.arguments) }
  local is_off = words[1] == "--off"
  if is_off then table.remove(words, 1) end
  if not words[1] or words[3] or is_off and words[2] or words[2] == "" then
    return nil, "a share is wanted, then its password; without one a new one is made", "invalid"
  end
  local share, message, code = shares.find_one(words[1])
  if not share then return nil, message, code end
  if is_off then return lift(share) end
  return lock(share, words[2])
end)
