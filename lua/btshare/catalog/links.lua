-- The events of links: who may come in by them, and what is shown to whoever does.
local checks = require "btshare.catalog.checks"
local field = require "btshare.catalog.field"

local always, optional, settable = field.always, field.optional, field.settable

local share = always("share", "share", "as it is then")
local link = always("link", "link", "the link that was used")
local address = always("address", "string", "the visitor's IP address")

return {
  { name = "share-open", kind = "question", by_language = true,
    description = "May somebody open this link? Asked before anything of a share is told or sent, and again every "
      .. 'two seconds of those who are in. The code "password" of a no has the visitor asked for one; "ask" has them '
      .. 'wait there, see share-ask; "gone" says that it is over, "full" that it may open again later; "missing" '
      .. 'answers as if the link had never been, without a reason. The reason is '
      .. 'shown to the visitor; as a table, { en = "…", fr = "…" }, in the language of the page.',
    fields = {
      share, link, address,
      always("purpose", "string", '"page", "file", "archive", "torrent", "magnet", "announce", "scrape" or "web-seed"'),
      optional("grant", "string", "what was set at share-unlock or share-ask, by which this visitor was let in; "
        .. "several, with dots between, where several plugins did: see btshare.passwords.holds"),
    }, example = [[
on("share-open", function(event)
  local hour = os.date("*t").hour
  if event.link.name == "office" and (hour < 8 or hour >= 18) then
    return false, "open from 8 to 18 o'clock"
  end
end)]] },

  { name = "share-unlock", kind = "question", needs_yes = true, stability = "experimental",
    description = "Does this password open the share? Asked only where share-open was answered with the code "
      .. '"password". A handler that knows the password answers true; no answer is no.',
    fields = {
      share, link, address, always("password", "string", "what the visitor gave"),
      optional("by_owner", "boolean", "true: the owner of this BTshare wants to let somebody in without the password, "
        .. "which is empty then, as is the address; set the grant, and answer true"),
      settable("grant", "string", "up to 32 letters, digits, - and _ that come back at each share-open of this "
        .. "visitor; not set: btshare.passwords.mark of the password", checks.mark),
    }, example = [[
on("share-unlock", function(event)
  if event.share.name == "photos" then return event.password == "open sesame" end
end)]] },

  { name = "share-ask", kind = "question", needs_yes = true, by_language = true, stability = "experimental",
    description = "Is somebody let in who waits at the page? Asked again every five seconds of each, while the page is "
      .. 'open, where share-open was answered with the code "ask". A handler answers true to let them in; no with the '
      .. 'code "ask" has them wait on; any other no turns them away, and its reason is shown.',
    fields = {
      share, link, address,
      always("visit", "string", "the same for the same browser at the same link; nobody else knows it"),
      optional("agent", "string", "what the visitor's program calls itself (User-Agent)"),
      settable("grant", "string", "up to 32 letters, digits, - and _ that come back at each share-open of this "
        .. "visitor; not set: btshare.passwords.mark of the visit", checks.mark),
    }, example = [[
on("share-ask", function(event)
  if event.link.name == "Marie" then return true end
  return false, nil, "ask"
end)]] },

  { name = "page-show", kind = "question", description = "What is the page of a share to say?", fields = {
    share, link, address,
    settable("title", "string", "the page's heading", checks.line),
    settable("note", "string", "plain text under the heading", checks.text(16384)),
    settable("markdown", "string", "text in Markdown, shown below the files; no HTML", checks.text(262144)),
  }, example = [[
on("page-show", function(event)
  event.note = "Questions? Write to paul@example.org."
end)]] },

  { name = "page-viewed", kind = "fact", description = "Somebody was shown the page of a share.", fields = {
    share, link, address, optional("agent", "string", "what the visitor's program calls itself (User-Agent)"),
  }, example = [[
on("page-viewed", function(event) print(event.share.name, event.address, event.agent) end)]] },

  { name = "link-create", kind = "question", description = "May a share get this link?", fields = {
    share,
    always("name", "string", "whom it is for"),
    settable("expires", "integer", "when it ends, seconds since 1970; can only become sooner", checks.expires),
    optional("limit", "integer", "downloads after which it ends"),
  }, example = [[
on("link-create", function(event)
  event.expires = event.expires or os.time() + 30 * 86400 -- none for ever
end)]] },

  { name = "link-created", kind = "fact", description = "A share has one more link.", fields = {
    share, always("link", "link", "the new one"),
    optional("expires", "integer", "when it ends, seconds since 1970"),
    optional("limit", "integer", "downloads after which it ends"),
  }, example = [[
on("link-created", function(event) print(event.share.name, "for", event.link.name) end)]] },

  { name = "link-revoked", kind = "fact",
    description = "A link is dead. In place of a share's own link there is another one.",
    fields = { share, always("link", "link", "the dead one") }, example = [[
on("link-revoked", function(event) print(event.share.name, event.link.name or "its own link") end)]] },
}
