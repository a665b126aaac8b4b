-- What argparse makes of a command, with argparse's own words in the language of the person who reads it.
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local usage = {}

-- A heading stands alone in its line; the words of the usage stand at the beginning.
local headings = { Arguments = speaker:text("cli.arguments"), Options = speaker:text("cli.options") }
local beginning = speaker:text("cli.usage")

---Columns of what stands before the first word of the usage, where its further lines begin.
usage.margin = text.width(beginning) + 1

---@param parser table of argparse
---@return string text without a line feed at the end
function usage.help(parser)
  local help = parser:get_help():gsub("^Usage:", beginning, 1)
  help = help:gsub("%f[^\n](%u%l+):%f[\n]", headings)
  return (help:gsub("%(default: (.-)%)%f[\n\0]", function(value)
    return speaker:text("cli.default", { value = value })
  end))
end

return usage
