-- English: the commands for people who write and run plugins.
return {
  ["cli.word.options"] = "OPTIONS",
  ["cli.word.plugin"] = "NAME|FILE",

  ["cli.plugin"] = "write, check, test, list or reload plugins",
  ["cli.plugin.action"] = "new NAME: write the beginning of a plugin.\ncheck FILE: say what is wrong with one.\n" ..
    "test [FILE]: run its tests, or all of this folder.\nlist: show the running ones.\nreload NAME: read one again.",
  ["cli.plugin.name"] = "The plugin’s name, or its file.",
  ["cli.plugin.in"] = "new: write into this folder, not into that of your plugins.",
  ["cli.plugin.options"] = "check: the plugin’s options as in config.lua, such as 'after=\"2h\"'.",
  ["cli.plugin.json"] = "list: print JSON.",
  ["cli.plugin.misplaced"] = "{option} belongs to btshare plugin {action}",
  ["cli.plugin.nameless"] = "btshare plugin {action}: of which plugin?",
  ["cli.plugin.named"] = "btshare plugin {action}: takes no name",
  ["cli.plugin.no.file"] = "{file}: no such file",
  ["cli.plugin.no.name"] = "{file}: a plugin’s file is called NAME.lua; the name has letters, digits, “-” and “_”",

  ["cli.plugin.new.exists"] = "{file}: is there already",
  ["cli.plugin.new.shipped"] = "{name}: a plugin of that name comes with BTshare",
  ["cli.plugin.new.no.folder"] = "{folder}: no such folder, and it cannot be made",
  ["cli.plugin.new.unwritten"] = "{file}: cannot be written ({reason})",
  ["cli.plugin.new.next"] = "Next: btshare plugin test {path}\n" ..
    "When it does what you want, write plugin \"{name}\" into config.lua, then: btshare reload",

  ["cli.plugin.check.ok"] = "ok",
  ["cli.plugin.check.warning"] = "warning: {message}",
  ["cli.plugin.check.questions"] = "answers",
  ["cli.plugin.check.facts"] = "is told",
  ["cli.plugin.check.routes"] = "routes",
  ["cli.plugin.check.panels"] = "panels",
  ["cli.plugin.check.commands"] = "commands",
  ["cli.plugin.check.timers"] = "timers",
  ["cli.plugin.check.public"] = "{route} (public)",
  ["cli.plugin.check.console"] = "{route} (console, {scope})",
  ["cli.plugin.check.every"] = "every {period}",

  ["cli.plugin.test.none"] = "no tests here: btshare plugin test FILE names a plugin",
  ["cli.plugin.test.passed"] = { one = "{n} test passed", other = "{n} tests passed" },
  ["cli.plugin.test.failed"] = { one = "{n} of {total} tests failed", other = "{n} of {total} tests failed" },

  ["cli.plugin.reload.done"] = "{name}: read again",
}
