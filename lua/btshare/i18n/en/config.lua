-- English: what `btshare config show` says of where a value came from.
return {
  ["config.from.command-line"] = "command line",
  ["config.from.console"] = "set in the console",
  ["config.from.default"] = "default",
  ["config.from.file"] = "{file} line {line}",
  ["config.json"] = "Print what holds as JSON (show).",
}
