-- The program's first script.
local cli = require "btshare.cli"
local host = require "core.host"

cli.main(host.arguments)
