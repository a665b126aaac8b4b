-- The catalogue in English.
local texts = {
  percent = "{value}%",
  language = "Language",
  skip = "Skip to the download",
  home = "BTshare",

  files = { one = "{n} file", other = "{n} files" },
  from = "from {name}",
  download = "Download",
  ["download.zip"] = "One ZIP file. If the download is interrupted, it goes on where it stopped.",
  ["download.zip.once"] = "One ZIP file. While the files are still being read, an interrupted download begins again.",
  ["download.file"] = "If the download is interrupted, it goes on where it stopped.",
  ["download.empty"] = "There is nothing in it.",
  ["download.tar"] = "Or as a TAR file",
  torrent = ".torrent file",
  magnet = "Open in a torrent app",
  faster = "Faster when many people download at the same time.",
  what = "What is this?",
  ["what.how"] = "A torrent app gets pieces of the files from everybody who has them already, and passes them " ..
    "on: the more people download, the faster it is for each.",
  ["what.safe"] = "It checks every piece, and goes on where it stopped, even after days.",
  ["what.apps"] = "Any torrent app will do, such as Transmission or qBittorrent; without one, use the big button.",
  ["magnet.public"] = "Your torrent app may look this link up in the public DHT. Downloading here, or a share " ..
    "that is set to private, avoids that.",
  ["torrent.preparing"] = "Preparing the torrent: {percent}",
  ["torrent.later"] = "You can download already. This page looks again by itself.",
  changed = "The files have just changed. What you download now is the new version.",
  ["list.more"] = { one = "{n} more file is in the download.", other = "{n} more files are in the download." },
  until_ = "Available until {moment}",
  complete = { one = "{n} person has it all", other = "{n} people have it all" },
  ["downloads.left"] = { one = "{n} download left with this link", other = "{n} downloads left with this link" },
  qr = "Scan to open this page on a phone",
  ["qr.image"] = "QR code of the address {address}",
  ["footer.direct"] = "Comes straight from the sender’s computer, with BTshare.",
  ["page.title"] = "{name} · BTshare",
  ["page.summary"] = "{files}, {size}",

  ["trouble.missing"] = "This link does not work, or no longer does.",
  ["trouble.missing.next"] = "Ask the person who sent it.",
  ["trouble.changed"] = "This file changed.",
  ["trouble.changed.next"] = "Go back to the page for the new version.",
  ["trouble.gone"] = "This is not there any more.",
  ["trouble.gone.next"] = "The sender moved or deleted it. If it comes back, this link works again.",
  ["trouble.offline"] = "The sender’s disk is not connected.",
  ["trouble.offline.next"] = "Try again later.",
  ["trouble.busy"] = "Many people are downloading.",
  ["trouble.busy.next"] = "Try again in half a minute.",
  ["trouble.settling"] = "One moment, please.",
  ["trouble.settling.next"] = "The sender’s computer has just started and looks through its files. This page " ..
    "opens by itself.",
  ["trouble.paused"] = "The sender has paused this.",
  ["trouble.paused.next"] = "Try again later: this link works again when it goes on.",
  ["trouble.preparing"] = "The torrent is not ready yet.",
  ["trouble.preparing.next"] = "Try again in a moment, or download without it.",
  ["trouble.failed"] = "This cannot be sent at the moment.",
  ["trouble.failed.next"] = "Tell the person who sent you the link.",
  ["trouble.denied"] = "The sender does not let this link be opened.",
  ["trouble.denied.next"] = "Ask the person who sent it.",
  ["trouble.method"] = "This address cannot be used like that.",
  ["trouble.method.next"] = "Open it in a browser.",

  ["root.title"] = "BTshare runs here.",
  ["root.what"] = "Somebody shares files from this computer. Each share has a link of its own; there is no list " ..
    "of them.",
  ["root.next"] = "If you were sent a link, open the whole of it.",

  ["plain.curl"] = "Download with curl:",
  ["plain.wget"] = "Download with wget; run it again to go on after an interruption:",
  ["plain.wget.once"] = "Download with wget; while the files are still being read, an interrupted download begins " ..
    "again:",
  ["plain.torrent"] = "Faster when many people download at the same time:",
}

for _, area in ipairs(require "btshare.i18n.areas") do
  for key, text in pairs(require("btshare.i18n.en." .. area)) do texts[key] = text end
end

return {
  name = "English",
  texts = texts,
  plural = function(n) return n == 1 and "one" or "other" end,
  months = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  },
  date = "{day} {month} {year}, {hour}:{minute} ({zone})",
  short_date = "{year}-{mm}-{dd} {hour}:{minute}",
  first_day = "1",
  day = "d",
  decimal = ".",
  thousands = ",",
  unit = { B = "B", kB = "kB", MB = "MB", GB = "GB", TB = "TB", PB = "PB", EB = "EB" },
  terminal_space = " ",
  before_joint = "",
}
