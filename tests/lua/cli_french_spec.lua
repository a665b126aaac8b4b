local cli_helper = require "cli_helper"
local helper = require "helper"
local uv = require "luv"

local json = require "core.json"

-- With ordinary spaces, which are easier to write down.
local function plain(text)
  return (text:gsub("\u{A0}", " "))
end

describe("the command line in French", function()
  local home, state, server
  local french = { LC_ALL = "fr_FR.UTF-8" }

  local function run(environment, ...)
    local code, out, err = cli_helper.run(home, { ... }, { env = environment })
    return code, plain(out), plain(err)
  end

  local function serve(answers)
    server = cli_helper.serve(state .. "/control.sock", function(connection, request)
      local answer = answers[request.method .. " " .. request.target]
      if type(answer) == "function" then answer = answer(request) end
      cli_helper.reply(connection, table.unpack(answer or { 404, {
        title = "Not found", status = 404, detail = "x: no such share",
      } }))
    end)
  end

  before_each(function()
    home = helper.folder()
    state = home .. "/.local/state/btshare"
    for _, folder in ipairs { "/.local", "/.local/state", "/.local/state/btshare", "/Public" } do
      assert(uv.fs_mkdir(home .. folder, 448))
    end
  end)

  after_each(function()
    if server then server.close() end
    server = nil
    helper.remove(home)
  end)

  it("is what a French environment gets, and no other", function()
    for _, environment in ipairs { french, { LANG = "fr" }, { LANG = "de_DE", LANGUAGE = "de:fr" } } do
      local _, out = run(environment, "--help")
      assert.matches("^Utilisation : btshare DOSSIER", out)
    end
    for _, environment in ipairs { {}, { LANG = "fr_FR", LC_ALL = "C" }, { LANG = "de_DE.UTF-8" } } do
      local _, out = run(environment, "--help")
      assert.matches("^Usage: btshare DIR", out)
    end
  end)

  it("has no English in any help", function()
    local english = {
      "Usage:", "Options:", "Arguments:", "Commands:", "default:", "DIR", "FILE", "NAME", "TIME", "PERSON", " the ",
      " of ", " and ", " with ", "Show ", "Print ", "running", "folder",
    }
    local function check(words, out)
      -- What is written like that in every language: options, and commands to type.
      out = out:gsub("%-%-[%l-]+", ""):gsub("« default »", "")
      for _, word in ipairs(english) do
        assert.is_nil(out:find(word, 1, true), ("%s: %q in: %s"):format(words, word, out))
      end
    end
    local _, out = run(french, "--help")
    assert.matches("\nCommandes :\n", out)
    local cli = require "btshare.cli"
    for _, name in ipairs(cli.names) do
      local code
      code, out = run(french, name, "--help")
      assert.equal(0, code)
      assert.matches("^Utilisation : btshare " .. name, out)
      assert.matches("\nOptions :\n", out)
      check(name, out)
    end
  end)

  it("says what is wrong with the words of a command", function()
    for message, words in pairs {
      ["list : option inconnue : --no-such"] = { "list", "--no-such" },
      ["option inconnue : --jsn (vouliez-vous dire --json ?)"] = { "list", "--jsn" },
      ["link : il manque : NOM"] = { "link" },
      ["add : il manque : FICHIER"] = { "add" },
      ["list : trop de mots"] = { "list", "more" },
      ["ACTION doit être l’un de 'check'"] = { "config", "mend" },
      ["add : soon : n’est pas une durée comme"] = { "add", "x", "--for", "soon" },
      ["get : il manque : MAGNET|FICHIER|URL"] = { "get" },
      ["get : 3-1 : n’est pas une liste de numéros de fichiers comme 1,3-5"] = { "get", "x", "--files", "3-1" },
      ["70000 : n’est pas un port (0 à 65535)"] = { "share", ".", "--port", "70000" },
      ["l’option -v ne va pas avec l’option -q"] = { "share", ".", "-q", "-v" },
      ["l’option --to demande une valeur"] = { "link", "x", "--to" },
      ["commande inconnue : lits (vouliez-vous dire list ?)"] = { "help", "lits" },
      ["ni commande ni dossier : lits (vouliez-vous dire list ?)"] = { "lits" },
      ["link : --for et --limit vont avec --to"] = { "link", "x", "--for", "2h" },
    } do
      local code, out, err = run(french, table.unpack(words))
      assert.equal(2, code, message)
      assert.equal("", out)
      assert.is_truthy(err:find(message, 1, true), message .. " expected, got: " .. err)
    end
  end)

  it("ends as in English where nothing runs", function()
    for _, words in ipairs {
      { "list" }, { "link", "x" }, { "add", home }, { "stop", "x" }, { "status" }, { "reload" }, { "quit" },
    } do
      local code, out, err = run(french, table.unpack(words))
      assert.equal(4, code, words[1])
      assert.equal("", out)
      assert.matches("^btshare: pas en cours : personne ne répond sur ", err)
    end
  end)

  -- What each command says of the same answer, in both languages.
  local share = {
    id = "a1", name = "film.mkv", kind = "file", size = 1400000000, files = 1200, state = "preparing", progress = 0.5,
    link = "http://h/s/1", exposure = "link",
  }
  local used = 1810144920 -- 12 May 2027, 18:02, universal time
  local answers = {
    ["GET /api/v1/shares"] = { 200, { shares = { share }, total = 1 } },
    ["GET /api/v1/shares?name=film.mkv"] = { 200, { shares = { share } } },
    ["GET /api/v1/shares?name=none"] = { 200, { shares = {} } },
    ["GET /api/v1/shares/a1/links"] = { 200, { links = {
      { default = true, state = "live", downloads = 12345, link = "http://h/s/1" },
      { name = "Marie", state = "used up", downloads = 5, limit = 5, used = used, link = "http://h/s/2" },
    } } },
    ["DELETE /api/v1/shares/a1/links/Marie"] = { 200, { name = "Marie" } },
    ["DELETE /api/v1/shares/a1"] = { 204 },
    ["POST /api/v1/keys"] = { 200, { url = "http://h/#k=1" } },
    ["GET /api/v1/tokens"] = { 200, {
      tokens = { { name = "backup", scopes = { "read", "share" }, created = used } },
    } },
    ["POST /api/v1/reload"] = { 422, {
      mistakes = { "/c/config.lua:3: setting 'nme' is unknown, did you mean 'name'?" },
    } },
    ["GET /api/v1/status"] = { 200, {
      uptime = 100000, shares = { ready = 2, failed = 1 }, sandbox = "off (config.lua)", memory = 21900000,
      roots = { { path = "/p", exposure = "private", skipped = 2 } },
      reachability = { lan = { sentence = "no, this machine has no network" }, internet = { sentence = "yes, sadly" } },
      traffic = { up_rate = 2500000, uploaded = 1400000000, peers = 3 },
    } },
  }
  -- What stands in the way of a download, by a word in its source.
  local no_room = { id = "full", name = "x", state = "failed", reason = {
    key = "downloads.no_space", values = { needed = "1.4 GB", free = "20.0 MB" }, text = "?",
  } }
  local other = { id = "other", name = "x", state = "failed", reason = {
    key = "downloads.new", text = "Something new.",
  } }
  answers["POST /api/v1/downloads"] = function(request)
    if request.body:find("denied", 1, true) then
      local detail = "/p: holds /p/q, which is shared, and BTshare never writes where it shares; choose another folder"
      return { 403, { title = "Forbidden", status = 403, code = "denied", detail = detail } }
    end
    return { 201, request.body:find("full", 1, true) and no_room or other }
  end
  answers["PATCH /api/v1/downloads/full"] = { 200, no_room }
  answers["PATCH /api/v1/downloads/other"] = { 200, other }
  local samples = {
    {
      { "list" }, 0,
      "● preparing 50%  film.mkv  1.4 GB  1,200  http://h/s/1\n",
      "● préparation 50 %  film.mkv  1,4 Go  1 200  http://h/s/1\n",
    },
    {
      { "link", "film.mkv", "--torrent" }, 1,
      "btshare: film.mkv: has no torrent (preparing)\n",
      "btshare: film.mkv : n’a pas de torrent (préparation)\n",
    },
    {
      { "link", "film.mkv", "--list" }, 0,
      "default  live     12,345 downloads  never used             http://h/s/1\n"
        .. "Marie    used up  5 of 5 downloads  used 2027-05-12 18:02  http://h/s/2\n",
      "default  valable  12 345 téléchargements   jamais utilisé               http://h/s/1\n"
        .. "Marie    épuisé   5 téléchargements sur 5  utilisé le 12/05/2027 18:02  http://h/s/2\n",
    },
    {
      { "stop", "film.mkv" }, 0,
      "film.mkv is no longer shared. The file stays on your disk.\n",
      "film.mkv n’est plus partagé. Le fichier reste sur votre disque.\n",
    },
    {
      { "stop", "none" }, 3,
      "btshare: none: no such share (btshare list shows all)\n",
      "btshare: none : aucun partage de ce nom (btshare list les montre tous)\n",
    },
    {
      { "add", "Public" }, 3, -- the border says the instance's own words
      "btshare: x: no such share\n",
      "btshare: x : aucun partage de ce nom\n",
    },
    {
      { "add", "nothing" }, 3,
      "btshare: nothing: no such file or folder\n",
      "btshare: nothing : aucun fichier ou dossier de ce nom\n",
    },
    {
      { "reload" }, 78,
      "/c/config.lua:3: setting 'nme' is unknown, did you mean 'name'?\n",
      "/c/config.lua:3: le réglage « nme » est inconnu, vouliez-vous dire « name » ?\n",
    },
    {
      { "status" }, 0,
      "running            1 d 3 h\n"
        .. "on your network    no, this machine has no network\n"
        .. "from the internet  yes, sadly\n"
        .. "shares             2 ready, 1 failed\n"
        .. "folders            /p (private, 2 entries left out)\n"
        .. "sent               1.4 GB by BitTorrent, now 2.5 MB/s to 3 recipients\n"
        .. "protection         off (config.lua)\n"
        .. "memory             21.9 MB\n",
      "en cours depuis   1 j 3 h\n"
        .. "sur votre réseau  non, cette machine n’a pas de réseau\n"
        .. "depuis Internet   yes, sadly\n"
        .. "partages          2 prêts, 1 en échec\n"
        .. "dossiers          /p (privé, 2 entrées écartées)\n"
        .. "envoyé            1,4 Go par BitTorrent, en ce moment 2,5 Mo/s à 3 destinataires\n"
        .. "protection        désactivée (config.lua)\n"
        .. "mémoire           21,9 Mo\n",
    },
    {
      { "get", "nothing" }, 3,
      "btshare: nothing: no such file, and no magnet or link\n",
      "btshare: nothing : ni fichier, ni magnet, ni lien\n",
    },
    {
      { "get", "magnet:?xt=urn:btih:full" }, 1,
      "btshare: There is not enough room: 1.4 GB are needed, 20.0 MB are free. It goes on by itself.\n",
      "btshare: L’espace libre ne suffit pas : il faut 1,4 Go, il reste 20,0 Mo. Le téléchargement reprendra de "
        .. "lui-même.\n",
    },
    {
      { "get", "http://h/s/1" }, 1,
      "btshare: Something new.\n",
      "btshare: Something new.\n",
    },
    {
      { "get", "magnet:?xt=urn:btih:denied" }, 5,
      "btshare: /p: holds /p/q, which is shared, and BTshare never writes where it shares; choose another folder\n"
        .. "btshare: btshare get -o DIR saves elsewhere\n",
      "btshare: /p : contient /p/q, qui est partagé, et BTshare n’écrit jamais là où il partage ; choisissez un autre "
        .. "dossier\n"
        .. "btshare: btshare get -o DOSSIER enregistre ailleurs\n",
    },
    {
      { "open", "--print" }, 0,
      "http://h/#k=1\n",
      "http://h/#k=1\n",
    },
    {
      { "token", "--list" }, 0,
      "backup  read,share  made 2027-05-12 18:02  never used\n",
      "backup  read,share  créé le 12/05/2027 18:02  jamais utilisé\n",
    },
    {
      { "token", "--revoke", "none" }, 3,
      "btshare: none: no such token (btshare token --list shows all)\n",
      "btshare: none : aucun jeton de ce nom (btshare token --list les montre tous)\n",
    },
    {
      { "token" }, 2,
      "btshare: token: name what it is for\n",
      "btshare: token : nommez ce à quoi il sert\n",
    },
    {
      { "quit" }, 3,
      "btshare: x: no such share\n",
      "btshare: x : aucun partage de ce nom\n",
    },
  }

  it("says the same as in English, with sizes, counts and dates as in France", function()
    serve(answers)
    for _, sample in ipairs(samples) do
      local words, expected = sample[1], { [""] = sample[3], ["fr_FR.UTF-8"] = sample[4] }
      for locale, text in pairs(expected) do
        local code, out, err = run({ LC_ALL = locale, TZ = "UTC" }, table.unpack(words))
        assert.equal(text, out .. err)
        assert.equal(sample[2], code, text)
      end
    end
  end)

  it("says of a revoked link what it does not undo", function()
    serve(answers)
    local code, _, err = run(french, "link", "film.mkv", "--revoke", "Marie")
    assert.equal(0, code)
    assert.matches("^Le lien de Marie vers film.mkv ne marche plus%.\n.*\nCeux qui ont déjà les données", err)
  end)

  it("leaves JSON as it is", function()
    serve(answers)
    for _, words in ipairs { { "list", "--json" }, { "status", "--json" }, { "paths", "--json" } } do
      local _, english = run({}, table.unpack(words))
      local _, out = run(french, table.unpack(words))
      assert.equal(english, out)
    end
  end)

  describe("of a running instance", function()
    local tests = uv.fs_realpath(debug.getinfo(1, "S").source:match("^@(.*)/"))
    local script = [[
      local emit, options, instance = ...
      instance.play = function()
        emit("started", { console = "http://127.0.0.1:8701/" })
        emit("entry-skipped", { path = "p", reason = "symbolic link, not followed" })
        emit("entry-skipped", { path = "q", reason = "something new" })
        emit("scan-finished", {})
        local share = { id = "a1", name = "x", size = 3, state = "ready" }
        emit("share-failed", { share = share, reason = "x: Permission denied" })
        emit("share-missing", { share = share })
        emit("recipient-finished", { share = share })
        emit("notice", { level = "info", message = "From the internet: no, no router answered." })
        instance:stop("asked to")
      end]]

    local function play(environment, ...)
      environment.FAKE_INSTANCE, environment.FAKE_SCRIPT = tests .. "/cli_fake_instance.lua", script
      return run(environment, "Public", ...)
    end

    it("tells in French what happens", function()
      local code, _, err = play { LANG = "fr_CH.UTF-8" }
      assert.equal(0, code)
      assert.equal("Partage de ~/Public\n"
        .. "Console   http://127.0.0.1:8701/ (btshare open y connecte)\n"
        .. "Chaque fichier et dossier reçoit un lien ci-dessous dès qu’il est prêt. Ctrl-C arrête tout.\n"
        .. "2 entrées ne peuvent pas être partagées : p (lien symbolique, non suivi), q (something new)\n"
        .. "x : x : permission refusée\n"
        .. "x : n’est plus là ; son lien marchera de nouveau dès son retour\n"
        .. "x : un destinataire a tout reçu\n"
        .. "btshare: Depuis Internet : non, aucune box n’a répondu.\n"
        .. "Arrêt en cours ; les liens marcheront de nouveau au prochain démarrage.\n", err)
    end)

    it("tells programs what it always told them", function()
      local _, out = play({ LANG = "fr_CH.UTF-8" }, "--json")
      local _, english = play({}, "--json")
      assert.equal(english, out)
      assert.equal("symbolic link, not followed", json.decode(out:match("\n(.-)\n")).reason)
    end)
  end)
end)
