-- English: the settings, as the console shows them.
return {
  ["settings.name"] = "Your name",
  ["settings.name.about"] = "What recipients see as the sender.",
  ["settings.web_seed"] = "Direct downloads inside torrents",
  ["settings.web_seed.about"] = "Whether torrents also fetch from this machine over HTTP: auto puts it into " ..
    ".torrent files, on into magnet links too.",
  ["settings.ignore"] = "Names to leave alone",
  ["settings.ignore.about"] = "Patterns such as *.bak. Files and folders with such names are not shared.",
  ["settings.trackers"] = "Other trackers",
  ["settings.trackers.about"] = "Only public shares are announced there.",
  ["settings.limits.up"] = "Upload limit",
  ["settings.limits.up.about"] = "For everything that is sent, together. 0 is no limit.",
  ["settings.limits.down"] = "Download limit",
  ["settings.limits.down.about"] = "For everything that is received, together. 0 is no limit.",
  ["settings.obfuscation"] = "Obfuscation",
  ["settings.obfuscation.about"] = "Makes BitTorrent traffic harder to recognise. It does not hide what is " ..
    "shared or with whom.",
  ["settings.map_ports"] = "Ask the router",
  ["settings.map_ports.about"] = "Asks your router to open the ports, so that people elsewhere can reach you.",
  ["settings.torrent.connections_limit"] = "Connections",
  ["settings.torrent.connections_limit.about"] = "How many people may be connected by BitTorrent at the same time.",
  ["settings.port"] = "BitTorrent port",
  ["settings.port.about"] = "0 chooses one, once.",
  ["settings.public"] = "Public address",
  ["settings.public.about"] = "Where recipients reach the pages and files: an address of this machine and a port.",
  ["settings.console"] = "Console address",
  ["settings.console.about"] = "Where this console is. It can leave this machine only by config.lua.",
  ["settings.allowed_hosts"] = "Names of this console",
  ["settings.allowed_hosts.about"] = "By which a proxy or you may call it, besides localhost. Only config.lua " ..
    "sets them.",
  ["settings.trusted_proxies"] = "Trusted proxies",
  ["settings.trusted_proxies.about"] = "Addresses that are believed when they say for whom they ask. Only " ..
    "config.lua " ..
    "sets them.",
  ["settings.sandbox"] = "Write lock",
  ["settings.sandbox.about"] = "Keeps BTshare from ever writing into your folders. Only config.lua can take it away.",
  ["settings.uploads"] = "Folder for dropped files",
  ["settings.uploads.about"] = "The one folder that BTshare may write into. Only config.lua can name it.",
}
