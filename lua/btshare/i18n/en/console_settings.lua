-- English: what the owner is told of, limits by the hour, diagnostics.
return {
  ["console.settings.plugin.aside"] = "The plugin {name} is set aside.",
  ["console.tell.finished"] = "Tell me when somebody has it all",
  ["console.tell.received"] = "Tell me when a download is complete",
  ["console.tell.sent"] = "Tell me when a file has come into a drop box",
  ["console.tell.failed"] = "Tell me when something cannot be shared",
  ["console.tell.system"] = "While this page is open, this browser shows it as a notification.",
  ["console.tell.asks"] = "While this page is open. The browser asks whether it may show " ..
    "notifications; else the page tells you.",
  ["console.tell.denied"] = "While this page is open, the page tells you; this browser may not show notifications.",
  ["console.tell.page"] = "While this page is open, the page tells you.",
  ["console.tell.many"] = { one = "{n} thing happened", other = "{n} things happened" },
  ["console.tell.without"] = "By mail, on your phone or your desktop, also while no page is open: that is what " ..
    "the plugin notify is for. A line in config.lua loads it:",
  ["console.schedule"] = "Speed limits by the hour",
  ["console.schedule.without"] = "The plugin schedule limits or pauses what is sent by hour and " ..
    "weekday. A line in config.lua loads it:",
  ["console.diagnostics"] = "Diagnostics",
  ["console.diagnostics.copy"] = "Copy diagnostics",
  ["console.diagnostics.what"] = "For the report of a fault. No name of a file, folder or " ..
    "person, no address and no key is in it.",
}
