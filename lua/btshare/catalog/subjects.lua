-- The events by subject, in the order in which they are documented.

---@class btshare.catalog.subject
---@field title string
---@field events table[] see btshare.catalog.entry, each with its name

---@type btshare.catalog.subject[]
return {
  { title = "Shares", events = require "btshare.catalog.shares" },
  { title = "Opening, links and pages", events = require "btshare.catalog.links" },
  { title = "Recipients and transfers", events = require "btshare.catalog.recipients" },
  { title = "Torrents and reachability", events = require "btshare.catalog.network" },
  { title = "Downloads, uploads and drop boxes", events = require "btshare.catalog.downloads" },
  { title = "Plugins", events = require "btshare.catalog.plugins" },
  { title = "The program", events = require "btshare.catalog.program" },
}
