-- What shells offer behind btshare, asked of the shells themselves while a btshare runs.
local btshare = require "support.btshare"
local console_module = require "console"
local helper = require "helper"
local host = require "core.host"
local process = require "support.process"
local skip = require "support.skip"
local uv = require "luv"

local greeter = [[plugin:command("greet", { summary = "greets somebody" }, function() return "hello" end)]]

local ask = {}

function ask.bash(folder, words)
  return process.run({ "bash", "-c", [=[
source "$1/btshare.bash"; shift
compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_btshare
[[ ${#COMPREPLY[@]} == 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
]=], "bash", folder, table.unpack(words) })
end

function ask.zsh(folder, words)
  local copy = helper.folder()
  assert(uv.fs_copyfile(folder .. "/btshare.zsh", copy .. "/_btshare"))
  local output = process.run { "zsh", "-f", host.data .. "/tests/support/complete.zsh", copy, table.concat(words, " ") }
  helper.remove(copy)
  return (output:gsub("\\(.)", "%1"))
end

function ask.fish(folder, words)
  local output = process.run { "fish", "--no-config", "-c", 'source $argv[1]/btshare.fish; complete -C $argv[2]',
    folder, table.concat(words, " ") }
  return (output:gsub("\t[^\n]*", ""))
end

describe("the completion", function()
  local console, path

  setup(function()
    console = console_module.start({ config = 'plugin "greeter"' }, { greeter = greeter })
    console.place:put("two words.txt", "of two words")
    console.place.daemon:ready "film.txt"
    console.place.daemon:ready "two words.txt"
    path = os.getenv "PATH"
    uv.os_setenv("PATH", btshare.program:match("^(.*)/") .. ":" .. path)
  end)
  teardown(function()
    uv.os_setenv("PATH", path)
    console:close()
  end)

  for _, shell in ipairs { "bash", "zsh", "fish" } do
    if not os.execute("command -v " .. shell .. " >/dev/null") then
      skip.tests("by " .. shell, "needs " .. shell)
    else
      it("by " .. shell .. " knows commands, also of plugins, options, and what is shared", function()
        local function offered(...)
          local list = {}
          local output = ask[shell](host.data .. "/packaging/completions",
            { "btshare", "--state", console.place.state, ... })
          for line in output:gmatch("[^\n]+") do list[#list + 1] = line end
          table.sort(list)
          return list
        end
        assert.same({ "greet" }, offered "gre")
        assert.same({ "--names" }, offered("list", "--na"))
        assert.same({ "film.txt", "two words.txt" }, offered("stop", ""))
      end)
    end
  end
end)
