-- BTshare's configuration: every setting that there is.
--
-- Copy this file to ~/.config/btshare/config.lua and take the two dashes from the lines that you want. Every line is
-- optional; where a setting has a default, it is what stands here. Look at it with `btshare config check`, which names
-- every mistake with its line, and `btshare config show`, which says what holds and where it came from; after a change,
-- `btshare reload` has it count. docs/config.md tells more of each.


-- GENERAL

-- Your name, which recipients see on the pages of your shares.
--name = "Paul"

-- The shared folders: every file and every folder directly inside one is a share, with a link of its own.
--share "~/Public"

-- The same, with all that can be said of a folder.
--share {
--  "~/Films",
--  exposure = "link",         -- "link", "private", "public" or "http": see docs/config.md before you choose "public"
--  format = "v1",             -- of its torrents: "v1", "v2" or "hybrid"
--  piece_length = "1MiB",     -- of its torrents; by default chosen by size
--  web_seed = "auto",         -- in place of the setting for all, below
--  name = "Paul's films",     -- in place of your name, above
--  ignore = { "*.nfo" },      -- left alone, besides what is left alone everywhere
--  expires = "30d",           -- its shares end so long after they are shared; by default never
--  listed = true,             -- its shares are named by the plugins feed and index; by default they are not
--}

-- Names that are left alone everywhere, besides those of files that are still being written.
--ignore { "*.bak", "Thumbs.db" }

-- Whether a file .btshare.lua in a shared folder counts: exposure = "private" there says it for that folder.
--folder_policies = false

-- Whether BTshare gives up the right to write anywhere but where it must (Landlock). "off" lets it start without.
--sandbox = "on"


-- NETWORK

-- Where recipients reach the pages of shares.
--public = "0.0.0.0:8702"

-- Where you reach the console: on this machine only.
--console = "127.0.0.1:8701"

-- The BitTorrent port; 0 is chosen once and remembered.
--port = 0

-- Whether the router is asked to open the ports.
--map_ports = true

-- Bytes a second for everything together; 0 is no limit. "2M" is two million.
--limits { up = 0, down = 0 }

-- Whether connections of BitTorrent are obfuscated where the other side can: "prefer", "require" or "off".
--obfuscation = "prefer"

-- Whether torrents name us as a web seed: "auto" in .torrent files, true in magnets too, or false.
--web_seed = "auto"

-- Foreign trackers, for shares that are exposed as "public" only.
--trackers { "udp://tracker.example:1337/announce" }

-- Settings of libtorrent, by its own names.
--torrent { connections_limit = 200 }


-- ACCESS TO THE CONSOLE

-- Names by which a proxy, or you, may call the console, besides localhost.
--allowed_hosts = {}

-- Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
--trusted_proxies = {}


-- RECEIVING

-- The folder for downloads, which must be apart from all that is shared. By default the desktop's.
--downloads = "~/Downloads/BTshare"

-- The folder for what others send you, which must be apart from all that is shared. By default Inbox, in the one for
-- downloads.
--inbox = "~/Inbox"

-- The one folder that files may be dropped into from the console: a shared one, or one apart from all that is shared.
-- By default there is none.
--uploads = "~/Public"


-- PLUGINS AND HANDLERS

-- A plugin and its options; the tracker and expiry are there without a word. file "secret.txt" reads an option from a
-- file beside this one, so that this one need not be kept secret.
--plugin "expiry" { after = "30d" }

-- Whether a plugin whose file changes is read again at once: for whoever writes one.
--plugins_watch = false

-- What is to be done when something happens: docs/events.md lists it all.
--on("recipient-finished", function(event) print(event.who, "has", event.share.name) end)
