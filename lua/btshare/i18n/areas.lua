-- The areas of the catalogue that have a file of their own in every language.
return {
  "access", "cli", "config", "console", "console_boxes", "console_screens", "console_settings", "console_share",
  "damage", "downloads", "drop", "drop_page", "folders", "history", "lock", "message", "page", "plugins", "share_view",
  "status", "told", "unlock",
}
