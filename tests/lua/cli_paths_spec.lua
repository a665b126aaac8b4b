local helper = require "helper"
local paths = require "btshare.paths"
local uv = require "luv"

describe("paths", function()
  it("follow the XDG defaults", function()
    local found = paths.find({}, { HOME = "/h" })
    assert.same({
      home = "/h", config = "/h/.config/btshare", config_file = "/h/.config/btshare/config.lua",
      plugins = "/h/.config/btshare/plugins",
      state = "/h/.local/state/btshare", cache = "/h/.cache/btshare", downloads = "/h/Downloads",
      socket = "/h/.local/state/btshare/control.sock",
    }, found)
  end)

  it("follow the XDG variables, except relative ones", function()
    local found = paths.find({}, {
      HOME = "/h", XDG_CONFIG_HOME = "/c", XDG_STATE_HOME = "/s/", XDG_CACHE_HOME = "relative", XDG_DOWNLOAD_DIR = "/d",
    })
    assert.equal("/c/btshare", found.config)
    assert.equal("/s/btshare", found.state)
    assert.equal("/h/.cache/btshare", found.cache)
    assert.equal("/d", found.downloads)
  end)

  it("let systemd win, and the command line over it", function()
    local environment = {
      HOME = "/h", XDG_STATE_HOME = "/s", STATE_DIRECTORY = "/var/lib/btshare:/var/lib/more",
      CACHE_DIRECTORY = "/var/cache/btshare", CONFIGURATION_DIRECTORY = "/etc/btshare",
    }
    local found = paths.find(nil, environment)
    assert.equal("/var/lib/btshare", found.state)
    assert.equal("/var/cache/btshare", found.cache)
    assert.equal("/etc/btshare/config.lua", found.config_file)
    found = paths.find({ state = "/elsewhere", config = "/x/y.lua" }, environment)
    assert.equal("/elsewhere/control.sock", found.socket)
    assert.equal("/x/y.lua", found.config_file)
  end)

  it("know the translated downloads folder", function()
    local home = helper.folder()
    uv.fs_mkdir(home .. "/.config", 448)
    helper.write(home .. "/.config/user-dirs.dirs",
      '# comment\nXDG_DESKTOP_DIR="$HOME/Bureau"\nXDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n')
    assert.equal(home .. "/Téléchargements", paths.find({}, { HOME = home }).downloads)
    helper.remove(home)
  end)

  it("are made absolute without asking the file system", function()
    assert.equal("/a/c", paths.absolute("/a//b/../c/."))
    assert.equal("/", paths.absolute("/../.."))
    assert.equal(uv.cwd() .. "/x", paths.absolute("x"))
  end)

  it("are shown shorter below the home folder, however that is written", function()
    local home = helper.folder()
    uv.fs_mkdir(home .. "/real", 448)
    uv.fs_symlink(home .. "/real", home .. "/link")
    for path, shown in pairs {
      [home .. "/real/Public"] = "~/Public", [home .. "/link/Public"] = "~/Public", [home .. "/real"] = "~",
      [home .. "/realm"] = home .. "/realm", ["/"] = "/",
    } do
      assert.equal(shown, paths.short(path, home .. "/link/"))
    end
    assert.equal("/x", paths.short("/x", "/"))
    assert.equal("/x", paths.short("/x", ""))
    helper.remove(home)
  end)

  it("say when a socket's path is too long", function()
    assert.is_true(paths.check_socket("/" .. ("x"):rep(106)))
    local possible, message, code = paths.check_socket("/" .. ("x"):rep(107))
    assert.is_nil(possible)
    assert.matches("108 bytes, at most 107", message)
    assert.equal("invalid", code)
  end)
end)
