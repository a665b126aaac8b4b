-- French: what `btshare config show` says of where a value came from.
return {
  ["config.from.command-line"] = "ligne de commande",
  ["config.from.console"] = "réglé dans la console",
  ["config.from.default"] = "par défaut",
  ["config.from.file"] = "{file} ligne {line}",
  ["config.json"] = "Afficher ce qui est en vigueur au format JSON (show).",
}
