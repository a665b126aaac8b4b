-- The page of a drop box, in English.
return {
  ["drop.title"] = "Send files",
  ["drop.title.to"] = "Send files to {name}",
  ["drop.rules"] = "Up to {size} each, {files}.",
  ["drop.sender"] = "Your name (if you like)",
  ["drop.note"] = "A message (if you like)",
  ["drop.files"] = "Files",
  ["drop.send"] = "Send",
}
