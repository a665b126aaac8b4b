-- Feed: RSS and JSON Feed of the shares that are marked as listed, one feed for each shared folder.
--
-- `plugin "feed"` in config.lua; `btshare feed` prints the addresses. Only what `btshare add --listed`, the API or
-- `share { "~/x", listed = true }` marks is named. Nobody can guess an address; `btshare feed --renew FOLDER` makes
-- another and the former one dead. Whoever has the feed has the links of the shares in it.
local plugin = ...

local json = require "btshare.json"
local publishing = require "btshare.publishing"
local text = require "btshare.text"
local types = require "btshare.types"

local options = plugin:options {
  most = types.default(types.between(types.integer, 1, 500), 50), -- items, the newest
  enclosure = types.default(types.choice { "file", "torrent" }, "file"), -- in RSS; of folders the .torrent
}

local renewed = plugin:store("renewed") -- by folder, how often its address was made anew

local function token_of(folder)
  return publishing.address("feed", (renewed.get(folder.path) or 0) .. "\0" .. folder.path)
end

local function path_of(folder, form)
  return ("/feed/%s/%s"):format(token_of(folder), form)
end

local function find(token)
  for _, folder in ipairs(publishing.folders()) do
    if token_of(folder) == token then return folder end
  end
end

local function element(name, value)
  return ("<%s>%s</%s>"):format(name, text.xml(value), name)
end

local function rfc822(seconds)
  return os.date("!%a, %d %b %Y %H:%M:%S +0000", seconds)
end

local function summary(share)
  if share.kind == "file" then return text.size(share.size) end
  return ("%d %s, %s"):format(share.files, share.files == 1 and "file" or "files", text.size(share.size))
end

local function rss_item(share, offer)
  local guid = ('<guid isPermaLink="false">urn:btshare:%s</guid>'):format(share.id)
  local lines = { "<item>", element("title", share.name), element("link", offer.page), guid,
    element("pubDate", rfc822(share.created)), element("description", summary(share)) }
  local enclosure = options.enclosure == "file" and offer.file or offer.torrent or offer.file
  if enclosure then
    lines[#lines + 1] = ('<enclosure url="%s" length="%d" type="%s"/>'):format(text.xml(enclosure.url),
      enclosure.length, text.xml(enclosure.type))
  end
  if offer.magnet then lines[#lines + 1] = element("torrent:magnetURI", offer.magnet) end
  lines[#lines + 1] = "</item>"
  return table.concat(lines, "\n")
end

local function rss(about)
  local lines = {
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:torrent="http://xmlns.ezrss.it/0.1/">',
    "<channel>", element("title", about.title), element("link", about.home),
    element("description", "Files and folders shared with BTshare"),
    about.modified > 0 and element("lastBuildDate", rfc822(about.modified)) or "",
    ('<atom:link href="%s" rel="self" type="application/rss+xml"/>'):format(text.xml(about.address)), "<ttl>15</ttl>",
  }
  for _, item in ipairs(about.items) do lines[#lines + 1] = rss_item(item.share, item.offer) end
  lines[#lines + 1] = "</channel>\n</rss>\n"
  return table.concat(lines, "\n")
end

local function attachment(of, title)
  return of and { url = of.url, mime_type = of.type, title = title, size_in_bytes = of.length } or nil
end

local function json_feed(about)
  local items = json.array {}
  for index, item in ipairs(about.items) do
    local share, offer, attachments = item.share, item.offer, json.array {}
    attachments[1] = attachment(offer.file, share.name)
    attachments[#attachments + 1] = attachment(offer.torrent, share.name .. ".torrent")
    items[index] = {
      id = "urn:btshare:" .. share.id, url = offer.page, title = share.name, content_text = summary(share),
      date_published = os.date("!%Y-%m-%dT%H:%M:%SZ", share.created),
      date_modified = os.date("!%Y-%m-%dT%H:%M:%SZ", share.changed),
      attachments = attachments[1] and attachments or nil,
    }
  end
  return json.encode {
    version = "https://jsonfeed.org/version/1.1", title = about.title, home_page_url = about.home,
    feed_url = about.address, items = items,
  }
end

local function feed(form, type, write)
  plugin:route("GET /feed/:token/" .. form, function(request)
    local folder = find(request.parameters.token)
    if not folder then return nil, "no such thing here", "missing" end
    local about = {
      title = folder.title, address = publishing.url(path_of(folder, form), request),
      home = publishing.url("/", request), items = {}, modified = 0,
    }
    for _, share in ipairs(publishing.listed(folder.path, options.most)) do
      local offer = publishing.offer(share.id, request)
      if offer then table.insert(about.items, { share = share, offer = offer }) end
      about.modified = math.max(about.modified, share.created, share.changed)
    end
    return publishing.answer(request, { type = type, body = write(about) })
  end)
end

feed("rss.xml", "application/rss+xml; charset=utf-8", rss)
feed("feed.json", "application/feed+json", json_feed)

plugin:command("feed", { summary = "print the addresses of the feeds", usage = "[--renew FOLDER]", scope = "admin" },
  function(call)
    local renew, wanted, lines = call.arguments[1] == "--renew", call.arguments[2], {}
    for _, folder in ipairs(publishing.folders()) do
      if not renew or folder.path == wanted or folder.name == wanted then
        if renew then renewed.set(folder.path, (renewed.get(folder.path) or 0) + 1) end
        lines[#lines + 1] = publishing.url(path_of(folder, "rss.xml"))
        lines[#lines + 1] = publishing.url(path_of(folder, "feed.json"))
      end
    end
    if #lines == 0 then return nil, ("feed: no shared folder %s"):format(wanted or ""), "missing" end
    return table.concat(lines, "\n")
  end)

plugin:panel {
  slot = "settings.section", title = { en = "Feeds", fr = "Flux" }, kind = "table",
  data = function(context)
    local rows = {}
    for index, folder in ipairs(publishing.folders()) do
      rows[index] = { folder.path, publishing.url(path_of(folder, "rss.xml")), #publishing.listed(folder.path) }
    end
    local french = context.language == "fr" and { "Dossier", "Adresse", "Partages publiés" }
    return { columns = french or { "Folder", "Address", "Listed shares" }, rows = rows }
  end,
}
