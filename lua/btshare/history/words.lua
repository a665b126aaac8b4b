-- Which facts people may want to read later, and what is said of each: the key of a text and its values.
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
  notice = function(fact)
    if fact.level == "debug" then return nil end
    return { text = "history.notice", values = { message = fact.message, level = fact.level } }
  end,
}

return words
