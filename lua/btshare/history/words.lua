-- Which facts people may want to read later, and what is said of each: the key of a text and its values. The value
-- `size` is one of bytes, written as whoever reads it is used to.
local words = {}

-- Facts about shares, as Shares:follow tells them. The text's value `name` is the share's.
words.of_shares = {
  ["share-created"] = function(share)
    return { text = "history.share-created", values = { n = share.files } }
  end,
  ["share-ready"] = function(_, more)
    return more and more.bytes > 0 and { text = "history.share-ready" } or nil -- not at each start
  end,
  ["share-changed"] = function() return { text = "history.share-changed" } end,
  ["share-missing"] = function() return { text = "history.share-missing" } end,
  ["share-removed"] = function() return { text = "history.share-removed" } end,
  ["share-expired"] = function() return { text = "history.share-expired" } end,
  ["share-failed"] = function(_, more)
    return { text = "history.share-failed", values = { reason = more.reason } }
  end,
}

local function share_of(fact)
  return { id = fact.share.id, name = fact.share.name }
end

local function of_link(fact, key, of_default)
  local name = fact.link.name
  return {
    share = share_of(fact), link = name, text = name and key or of_default,
    values = { name = fact.share.name, link = name },
  }
end

-- A drop box is a link, too: what it is for is its name.
local function of_box(fact, key, of_default, values)
  local title = fact.box.title
  values = values or {}
  values.box = title
  return { link = title, who = fact.sender, text = title and key or of_default, values = values }
end

-- A file that came through a drop box.
local function of_file(fact, key, of_default)
  return of_box(fact, key, of_default or key, { name = fact.name, size = fact.size, who = fact.sender })
end

local function received(fact)
  if not fact.box then return nil end -- dropped on the console by the owner, who knows
  if fact.sender then return of_file(fact, "history.upload-finished", "history.upload-finished.default") end
  return of_file(fact, "history.upload-finished.nameless", "history.upload-finished.nameless.default")
end

local function removed(fact)
  if fact.by == "sender" then return of_file(fact, "history.upload-removed.back") end
  if fact.by == "age" then return of_file(fact, "history.upload-removed.age") end
  return of_file(fact, fact.state == "coming" and "history.upload-removed.coming" or "history.upload-removed")
end

local function closed(fact)
  local count = fact.deleted
  if not count then return of_box(fact, "history.box-closed", "history.box-closed.default") end
  if count == 0 then return of_box(fact, "history.box-deleted", "history.box-deleted.default") end
  return of_box(fact, "history.box-deleted.files", "history.box-deleted.files.default", { n = count })
end

-- Other facts, as the events tell them.
words.facts = {
  ["link-created"] = function(fact) return of_link(fact, "history.link-created", "history.link-created.default") end,
  ["link-revoked"] = function(fact) return of_link(fact, "history.link-revoked", "history.link-revoked.default") end,
  ["recipient-finished"] = function(fact)
    return {
      share = share_of(fact), link = fact.link, who = fact.who, way = fact.way == "http" and "direct" or "torrent",
      text = "history.recipient-finished", values = { name = fact.share.name, who = fact.who },
    }
  end,
  ["download-finished"] = function(fact)
    return { text = "history.download-finished", values = { name = fact.download.name } }
  end,
  ["download-failed"] = function(fact)
    return { text = "history.download-failed", values = { name = fact.download.name, reason = fact.reason } }
  end,
  ["box-created"] = function(fact) return of_box(fact, "history.box-created", "history.box-created.default") end,
  ["box-opened"] = function(fact) return of_box(fact, "history.box-opened", "history.box-opened.default") end,
  ["box-closed"] = closed,
  ["upload-finished"] = received,
  ["upload-accepted"] = function(fact) return of_file(fact, "history.upload-accepted") end,
  ["upload-removed"] = removed,
  notice = function(fact)
    if fact.level == "debug" then return nil end
    return { text = "history.notice", values = { message = fact.message, level = fact.level } }
  end,
}

return words
