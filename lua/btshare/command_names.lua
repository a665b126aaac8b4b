-- The commands of btshare itself, in the order of help; plugins may add others.
return {
  "share", "list", "link", "add", "get", "stop", "who", "drop", "drops", "accept", "status", "confirm", "open", "token",
  "reload", "quit", "config", "plugin", "paths", "help",
}
