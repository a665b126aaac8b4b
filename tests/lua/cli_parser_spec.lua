local cli_helper = require "cli_helper"
local helper = require "helper"
local uv = require "luv"

local json = require "core.json"

describe("the command line", function()
  local home

  local function run(...)
    return cli_helper.run(home, { ... })
  end

  before_each(function()
    home = helper.folder()
  end)

  after_each(function()
    helper.remove(home)
  end)

  describe("parser", function()
    it("tells the version, also as the real program", function()
      local expected = "btshare " .. require("core.host").version .. "\n"
      local code, out = run("--version")
      assert.equal(0, code)
      assert.equal(expected, out)
      local real = uv.exepath():gsub("[^/]*$", "btshare")
      code, out = cli_helper.run_shell(home, real .. " --version")
      assert.equal(0, code)
      assert.equal(expected, out)
    end)

    it("shows help for everything on standard output", function()
      for _, words in ipairs { { "help" }, { "-h" }, { "--help" } } do
        local code, out, err = run(table.unpack(words))
        assert.equal(0, code)
        assert.matches("Usage: btshare DIR", out)
        assert.equal("", err)
      end
      for _, name in ipairs(require("btshare.cli").names) do
        local code, out = run(name, "--help")
        assert.equal(0, code)
        assert.matches("^Usage: btshare " .. name, out)
        assert.matches("%-%-state", out)
        local _, again = run("help", name)
        assert.equal(out, again)
      end
    end)

    it("has all its commands and options in the man page and the completions", function()
      local packaging = require("core.host").data .. "/packaging/"
      local cli = require "btshare.cli"
      local actions_of = { config = { "check", "show" }, plugin = { "new", "check", "test", "list", "reload" } }
      for _, file in ipairs { "btshare.1", "completions/btshare.bash", "completions/btshare.zsh",
        "completions/btshare.fish" } do
        local text = helper.read(packaging .. file)
        for _, name in ipairs(cli.names) do
          assert.matches(name, text, 1, true)
          for option in cli.parser(name):get_help():gmatch("%-%-(%l+)") do
            assert.is_truthy(text:find("%-" .. option) or text:find("-l " .. option, 1, true), file .. ": " .. option)
          end
          for _, action in ipairs(actions_of[name] or {}) do
            local is_there = file == "btshare.1" and text:find(("It Cm %s %s"):format(name, action), 1, true)
              or file ~= "btshare.1" and text:find(("[ (\"]%s[ )\"]"):format(action))
            assert.is_truthy(is_there, file .. ": " .. name .. " " .. action)
          end
        end
      end
    end)

    it("ends with 2, and says in one line what is wrong", function()
      for _, words in ipairs {
        { "list", "--no-such" }, { "link" }, { "stop" }, { "add" }, { "config" }, { "config", "mend" },
        { "add", "x", "--for", "soon" }, { "share", ".", "--port", "70000" }, { "share", ".", "--console", "here" },
        { "share", ".", "-q", "-v" }, { "link", "x", "--magnet", "--torrent" }, { "help", "lits" },
        { "quit", "--timeout", "long" },
      } do
        local code, out, err = run(table.unpack(words))
        assert.equal(2, code, table.concat(words, " "))
        assert.equal("", out)
        assert.matches("^btshare: [^\n]+\n$", err)
      end
    end)

    it("names what is wrong once, and as it is", function()
      for said, words in pairs {
        ["drop: x: not a duration such as 90s, 30m, 2h, 7d or 1h30m"] = { "drop", "--for", "x" },
        ["add: 99999999d: too long a time, at most 100000d"] = { "add", ".", "--for", "99999999d" },
        ["quit: --timeout: x: not a number of seconds, such as 30"] = { "quit", "--timeout", "x" },
        ["an empty word: name a folder or a command"] = { "" },
      } do
        local code, _, err = run(table.unpack(words))
        assert.equal(2, code)
        assert.equal("btshare: " .. said, err:sub(1, #said + 9))
      end
    end)

    it("shows the overview and ends with 2 without any word", function()
      local code, out, err = run()
      assert.equal(2, code)
      assert.equal("", out)
      assert.matches("Usage: btshare DIR", err)
    end)

    it("suggests the command that was probably meant", function()
      local code, _, err = run("lits")
      assert.equal(2, code)
      assert.equal("btshare: no such command or folder: lits (did you mean list?)\n", err)
      code, _, err = run("/no/such/folder")
      assert.equal(3, code)
      assert.equal("btshare: /no/such/folder: no such folder\n", err)
    end)

    it("takes a command before a folder of that name", function()
      uv.fs_mkdir(home .. "/list", 448)
      assert.equal(4, (run("list")))
    end)

    it("asks which folder --state means, where none is named", function()
      local code, out, err = run "--state"
      assert.same({ 2, "", "btshare: --state: which folder?\n" }, { code, out, err })
    end)

    it("guesses what a misspelt option was to be", function()
      local _, _, err = run("list", "--jsn")
      assert.matches("btshare: list: unknown option '--jsn'; did you mean '--json'?", err, 1, true)
    end)

    it("takes --state before and after the command", function()
      local other = home .. "/other"
      for _, words in ipairs {
        { "--state", other, "paths" }, { "--state=other", "paths" }, { "paths", "--state", "other" },
      } do
        local code, out = run(table.unpack(words))
        assert.equal(0, code)
        assert.matches("socket +" .. other:gsub("%p", "%%%0") .. "/control.sock\n", out)
      end
    end)
  end)

  describe("config check", function()
    local function check(source, ...)
      helper.write(home .. "/fake_config.lua", source)
      return cli_helper.run(home, { "config", "check", ... }, { env = { FAKE_CONFIG = home .. "/fake_config.lua" } })
    end

    it("prints every mistake and ends with 78", function()
      helper.write(home .. "/c.lua", "")
      local code, out, err = check([[return { read = function()
        return require("btshare.config.schema").defaults(),
          { { line = 9, message = "two" }, { line = 1, message = "one" } }
      end }]], "--config", "c.lua")
      assert.equal(78, code)
      assert.equal("", out)
      assert.equal(("%s/c.lua:1: one\n%s/c.lua:9: two\n"):format(home, home), err)
    end)

    it("says ok", function()
      helper.write(home .. "/c.lua", "")
      local defaults = [[return { read = function() return require("btshare.config.schema").defaults(), {} end }]]
      local code, out = check(defaults, "--config", home .. "/c.lua")
      assert.equal(0, code)
      assert.equal(home .. "/c.lua: ok\n", out)
    end)

    it("misses a file that was named, but not the usual one", function()
      assert.equal(3, (run("config", "check", "--config", "none")))
      local code, _, err = run("config", "check")
      assert.equal(0, code)
      assert.matches("the defaults hold", err)
    end)
  end)

  describe("paths", function()
    it("prints them, aligned or as JSON", function()
      local code, out = run("paths")
      assert.equal(0, code)
      assert.matches("^config       " .. home:gsub("%p", "%%%0") .. "/.config/btshare\n", out)
      local _, text = run("paths", "--json")
      assert.equal(home .. "/.local/state/btshare", json.decode(text).state)
    end)

    it("names the folders for what comes, as config.lua has them", function()
      local function folders()
        local _, text = run("paths", "--json")
        local found = json.decode(text)
        return { found.downloads, found.inbox, found.uploads }
      end
      assert.same({ home .. "/Downloads", home .. "/Downloads/Inbox" }, folders())
      assert(uv.fs_mkdir(home .. "/.config", 448) and uv.fs_mkdir(home .. "/.config/btshare", 448))
      helper.write(home .. "/.config/btshare/config.lua", 'downloads = "~/Got"\nuploads = "/srv/up"\n')
      assert.same({ home .. "/Got", home .. "/Got/Inbox", "/srv/up" }, folders())
      local _, lines = run("paths")
      assert.matches("\ninbox        " .. home:gsub("%p", "%%%0") .. "/Got/Inbox\nuploads      /srv/up\n", lines)
      helper.write(home .. "/.config/btshare/config.lua", 'inbox = "/srv/in"\n')
      assert.same({ home .. "/Downloads", "/srv/in" }, folders())
      helper.write(home .. "/.config/btshare/config.lua", "inbox = 5\n")
      assert.same({ home .. "/Downloads", home .. "/Downloads/Inbox" }, folders())
    end)

    it("warns of a socket path that is too long", function()
      local code, _, err = run("paths", "--state", "/" .. ("x"):rep(100))
      assert.equal(0, code)
      assert.matches("too long for a socket", err)
    end)
  end)
end)
