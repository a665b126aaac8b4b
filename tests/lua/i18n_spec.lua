local exposures = require "btshare.exposure"
local environment = require "btshare.i18n.environment"
local host = require "core.host"
local i18n = require "btshare.i18n"

local nb = "\u{A0}"

local function read_all(command)
  local pipe = assert(io.popen(command))
  local texts = {}
  for path in pipe:lines() do
    local file <close> = assert(io.open(path))
    texts[path] = file:read("a")
  end
  pipe:close()
  assert(next(texts), command .. ": found nothing")
  return texts
end

-- Where texts are used: everywhere but in the catalogue itself.
local sources = ("cd %s && find $PWD/lua/btshare $PWD/web/pages $PWD/plugins -name '*.lua' -o -name '*.html'" ..
  " | grep -v '/i18n/..[./]'"):format(host.data)

-- Keys as code names them: in a call of t or text, or, where they have a dot, as any text in quotes; or their
-- beginnings, where a word follows that the program chooses.
local function used_keys()
  local used, texts = {}, i18n.languages.en.texts
  local function use_all(beginning, path)
    for key in pairs(texts) do
      if key:sub(1, #beginning) == beginning then used[key] = path end
    end
  end
  for path, text in pairs(read_all(sources)) do
    for key in text:gmatch('%f[%w]t%("([^"]+)"') do used[key] = path end
    for key in text:gmatch(':text%("([^"]+)"[,)]') do used[key] = path end
    for key in text:gmatch('"([%l_]+%.[%l_.-]+)"') do
      if texts[key] then used[key], used[key .. ".default"] = path, texts[key .. ".default"] and path end
    end
    for area in text:gmatch(':word%("([^"]+)"') do use_all(area .. ".", path) end
    for beginning in text:gmatch(':text%("([%l_]+%.[%l_.]+%.)" %.%.') do use_all(beginning, path) end
  end
  local cli = require "btshare.cli"
  for _, name in ipairs(cli.names) do
    used["cli." .. name] = "cli/init.lua"
  end
  use_all("message.", "i18n/messages.lua")
  -- The console says nothing but what begins so, also from tables and by names that a state chooses.
  for path, text in pairs(read_all(("find %s/web/console -name '*.js'"):format(host.data))) do
    for key in text:gmatch('"(console%.[%w_.]+)"') do used[key] = path end
  end
  return used
end

local function names_in(text)
  local names = {}
  for name in text:gmatch("{(%a+)}") do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, " ")
end

describe("the catalogue", function()
  local english = i18n.languages.en.texts

  it("has every text that is used, and no other", function()
    local used = used_keys()
    for key, path in pairs(used) do
      assert.is_truthy(english[key] or key:find("%.default$"), ("%s: no text %q"):format(path, key))
    end
    for key in pairs(english) do
      assert.is_truthy(used[key], ("%q is used nowhere"):format(key))
    end
  end)

  for code, language in pairs(i18n.languages) do
    it("has the same texts, forms and values in " .. language.name, function()
      for key, text in pairs(english) do
        local own = language.texts[key]
        assert.equal(type(text), type(own), code .. ": " .. key)
        local pairs_of_texts = type(text) == "table" and { { text.one, own.one }, { text.other, own.other } }
          or { { text, own } }
        for _, pair in ipairs(pairs_of_texts) do
          assert.equal(names_in(pair[1]), names_in(pair[2]), code .. ": " .. key)
        end
      end
      for key in pairs(language.texts) do
        assert.is_truthy(english[key], ("%s: %q is not in English"):format(code, key))
      end
    end)
  end

  -- Calls fn with each form of each text.
  local function each_form(language, fn)
    for key, text in pairs(i18n.languages[language].texts) do
      for _, form in ipairs(type(text) == "table" and { text.one, text.other } or { text }) do fn(key, form) end
    end
  end

  it("breaks no French line before a sign, and has a space before each", function()
    each_form("fr", function(key, form)
      assert.is_nil(form:find(" [:;!?%%»]"), key)
      assert.is_nil(form:find("« ", 1, true), key)
      assert.is_nil(form:find("[^%s\xA0][;!?%%]"), key)
      assert.is_nil(form:find("[^\xA0]:%f[%s\0]"), key)
    end)
  end)

  it("has apostrophes, and dots that are one character", function()
    for language in pairs(i18n.languages) do
      each_form(language, function(key, form)
        if language == "en" and key:find("^message%.") then return end -- word for word as code says it
        assert.is_nil(form:find("%a'%a"), key .. ": ’ is wanted")
        assert.is_nil(form:find("...", 1, true), key .. ": … is wanted")
      end)
    end
  end)

  it("has the sentence about the DHT that the owner was promised, word for word", function()
    assert.equal("Your torrent app may look this link up in the public DHT. Downloading here, or a share that is " ..
      "set to private, avoids that.", english["magnet.public"])
    assert.equal("Votre logiciel torrent peut chercher ce lien dans la DHT publique. Télécharger ici, ou un partage " ..
      "réglé sur privé, évite cela.", i18n.languages.fr.texts["magnet.public"])
  end)

  it("says the same of each exposure in the console and in the terminal, in the promised words", function()
    for _, language in pairs(i18n.languages) do
      for name in pairs(exposures.sentences) do
        local shown = language.texts["console.exposure." .. name]
        assert.equal((language.texts["message.exposure." .. name]:gsub("'", "’")), shown)
      end
    end
    for name, sentence in pairs(exposures.sentences) do
      assert.equal((sentence:gsub("'", "’")), english["console.exposure." .. name])
    end
  end)
end)

describe("a message of the inner parts", function()
  local fr = i18n.speaker "fr"
  local foreign = { ["message.system."] = true, ["message.words."] = true } -- not our words

  -- All code, with the pieces of each text put together.
  local function code()
    local command = ("cd %s && find $PWD/lua/btshare $PWD/core $PWD/plugins -name '*.lua' -o -name '*.c' -o " ..
      "-name '*.cpp' | grep -v /i18n/"):format(host.data)
    local pieces = {}
    for _, text in pairs(read_all(command)) do
      pieces[#pieces + 1] = text:gsub('"%s*%.%.%s*"', ""):gsub('"%s*\n%s*"', ""):gsub('\\"', '"')
    end
    return table.concat(pieces, "\n")
  end

  it("about a part of an option names that part alone", function()
    assert.equal("option 'share' ne va pas : son champ « byte » est inconnu, vouliez-vous dire « bytes » ?",
      (fr:message("option 'share' is not right: its 'byte' is unknown, did you mean 'bytes'?"):gsub("\u{A0}", " ")
        :gsub("\u{202F}", " ")))
  end)

  it("is said somewhere in the code as the catalogue has it", function()
    local everything = code()
    for key, text in pairs(i18n.languages.en.texts) do
      if key:find("^message%.") and not foreign[key:match("^message%.%a+%.") or ""] then
        for piece in text:gsub("{%a+}", "\0"):gmatch("%Z+") do
          piece = piece:match("^%s*(.-)%s*$") -- a name may be put before it
          assert.is_truthy(#piece < 4 or everything:find(piece, 1, true), ("%s: %q"):format(key, piece))
        end
      end
    end
  end)

  it("is said in the language of who reads it, with its values", function()
    for english, french in pairs {
      ["a b.mkv: no such share"] = "a b.mkv : aucun partage de ce nom",
      ["/x/y: is inside /x, which is shared already"] = "/x/y : se trouve dans /x, qui est déjà partagé",
      ["/home/x/config.lua:12: setting 'nme' is unknown, did you mean 'name'?"] =
        "/home/x/config.lua:12: le réglage « nme » est inconnu, vouliez-vous dire « name » ?",
      ["yes, somebody came from there at 14:03 on 22 November"] =
        "oui, quelqu’un en est venu à 14:03 le 22 novembre",
      ["From the internet: no, no router answered; in the router's settings, let TCP ports 1 and 2 through to ::2."] =
        "Depuis Internet : non, aucune box n’a répondu ; dans les réglages de la box, laissez passer les ports TCP "
        .. "1 et 2 vers ::2.",
      ["state database: /d: No space left on device; there is room again: everything is stored as usual"] =
        "base de données d’état : /d : plus de place sur le disque ; il y a de nouveau de la place : tout est "
        .. "enregistré comme d’habitude",
      ["/x/config.lua:3: plugin 'schedule': option number 1 must be given: a rule in braces, such as { up = 1 }"] =
        "/x/config.lua:3: plugin 'schedule' : l’option numéro 1 doit être donnée : une règle entre accolades, "
        .. "comme { up = 1 }",
      ['/x/config.lua:3: downloads: /y: no such folder; make it, or write downloads = "~/Dir" into config.lua, and '
        .. "start again"] = "/x/config.lua:3: downloads : /y : aucun dossier de ce nom ; créez-le, ou écrivez "
        .. 'downloads = "~/Dir" dans config.lua, et redémarrez',
      ["127.0.0.1:8701: address already in use"] = "127.0.0.1:8701 : adresse déjà utilisée",
      ["/p: 3 shares are missing; btshare list shows them"] =
        "/p : 3 partages sont introuvables ; btshare list les montre",
    } do
      local said = fr:message(english):gsub(nb, " ")
      assert.equal(french, said)
      assert.equal(english, i18n.speaker("en"):message(english))
    end
  end)

  it("stays as it is where nobody knows it", function()
    for _, message in ipairs { "", ": ", "; ", "what: ever; no %1 {name}", "%d (.-)", "plain" } do
      assert.equal(message, fr:message(message))
    end
  end)

  it("costs little, whatever is in it", function()
    local started = os.clock()
    for _, part in ipairs { "a: ", "a; ", "no, a: b; ", ": ", "state database: " } do
      fr:message(part:rep(2000))
      fr:message(part:rep(15))
    end
    assert.is_true(os.clock() - started < 1)
  end)

  it("is the same sentence that exposure has", function()
    local exposure = require "btshare.exposure"
    for mode, sentence in pairs(exposures.sentences) do
      assert.equal(sentence, i18n.languages.en.texts["message.exposure." .. mode])
      assert.equal(i18n.languages.fr.texts["message.exposure." .. mode], fr:message(sentence))
    end
    for name, sentence in pairs(exposure) do
      if name:find("_sentence$") then assert.are_not.equal(sentence, fr:message(sentence), name) end
    end
  end)
end)

describe("the language of an environment", function()
  local function asked_for(variables)
    return environment(function(name) return variables[name] end, i18n.languages)
  end

  it("is what LC_ALL, LC_MESSAGES or LANG say, in this order", function()
    assert.equal("fr", asked_for { LANG = "fr_FR.UTF-8" })
    assert.equal("fr", asked_for { LANG = "en_GB.UTF-8", LC_MESSAGES = "fr_CA" })
    assert.equal("en", asked_for { LANG = "fr_FR", LC_MESSAGES = "fr_FR", LC_ALL = "en_US.UTF-8" })
    assert.equal("fr", asked_for { LANG = "fr", LC_ALL = "" })
    assert.equal("fr", asked_for { LANG = "fr_BE@euro" })
    assert.is_nil(asked_for { LANG = "de_DE.UTF-8" })
    assert.is_nil(asked_for {})
  end)

  it("is none of them in the locale of programs", function()
    for _, locale in ipairs { "C", "POSIX", "C.UTF-8" } do
      assert.is_nil(asked_for { LANG = "fr_FR.UTF-8", LC_ALL = locale, LANGUAGE = "fr" })
    end
    assert.is_nil(asked_for { LANGUAGE = "fr" })
  end)

  it("is the first known one of LANGUAGE, where there is a locale", function()
    assert.equal("fr", asked_for { LANG = "de_DE.UTF-8", LANGUAGE = "de:fr:en" })
    assert.equal("en", asked_for { LANG = "fr_FR.UTF-8", LANGUAGE = "en" })
    assert.equal("fr", asked_for { LANG = "fr_FR.UTF-8", LANGUAGE = "" })
  end)
end)

describe("a speaker", function()
  local en, fr = i18n.speaker "en", i18n.speaker "fr"

  it("counts as its language does", function()
    assert.equal("0 files", en:text("files", { n = 0 }))
    assert.equal("1 file", en:text("files", { n = 1 }))
    assert.equal("12,345 files", en:text("files", { n = 12345 }))
    assert.equal("0 fichier", fr:text("files", { n = 0 }))
    assert.equal("1 fichier", fr:text("files", { n = 1 }))
    assert.equal("12" .. nb .. "345 fichiers", fr:text("files", { n = 12345 }))
  end)

  it("writes sizes and shares of a whole", function()
    assert.equal("999" .. nb .. "B", en:size(999))
    assert.equal("1.9" .. nb .. "GB", en:size(1900000000))
    assert.equal("1,9" .. nb .. "Go", fr:size(1900000000))
    assert.equal("12" .. nb .. "o", fr:size(12))
    assert.equal("123" .. nb .. "Ko", fr:size(123457))
    assert.equal("43%", en:percent(0.439))
    assert.equal("43" .. nb .. "%", fr:percent(0.439))
  end)

  it("writes moments with their time zone", function()
    local first = os.time { year = 2027, month = 5, day = 1, hour = 8, min = 5 }
    assert.matches("^1 May 2027, 08:05 %(UTC[%d+:-]*%)$", en:moment(first))
    assert.matches("^1er mai 2027 à 08:05 %(UTC[%d+:-]*%)$", fr:moment(first))
    assert.matches("^12 août 2027 ", fr:moment(os.time { year = 2027, month = 8, day = 12, hour = 8 }))
  end)

  it("writes rates, durations and moments in tables", function()
    assert.equal("2,5" .. nb .. "Mo/s", fr:rate(2500000.2))
    assert.equal(("4 j 15 h"):gsub(" ", nb), fr:duration(399600))
    assert.equal(("4 d 15 h"):gsub(" ", nb), en:duration(399600))
    local moment = os.time { year = 2027, month = 5, day = 1, hour = 8, min = 5 }
    assert.equal("01/05/2027 08:05", fr:short_moment(moment))
    assert.equal("2027-05-01 08:05", en:short_moment(moment))
  end)

  it("knows words that programs use, and passes on those it does not", function()
    assert.equal("prêt", fr:word("state", "ready"))
    assert.equal("frozen", fr:word("state", "frozen"))
  end)

  it("has no special spaces in English on a terminal, where nothing is wrapped", function()
    local terminal = i18n.terminal_speaker(function() return nil end)
    assert.equal("1.9 GB", terminal:size(1900000000))
    assert.equal("2 min 5 s", terminal:duration(125))
    terminal = i18n.terminal_speaker(function() return "fr_FR.UTF-8" end)
    assert.equal("1,9" .. nb .. "Go", terminal:size(1900000000))
  end)

  it("takes values as they are, and misses none", function()
    assert.equal("from %1 {name} <b>", en:text("from", { name = "%1 {name} <b>" }))
    assert.has_error(function() en:text("from", {}) end)
    assert.has_error(function() en:text("no such key") end)
    assert.has_error(function() i18n.speaker "xx" end)
  end)
end)
