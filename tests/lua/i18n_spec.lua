local definitions = require "btshare.settings.definitions"
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

-- Keys as code names them: in a call of t or text, or, where they have a dot, as any text in quotes.
local function used_keys()
  local used = {}
  local command = ("cd %s && find $PWD/lua/btshare $PWD/web/pages $PWD/plugins -name '*.lua' -o -name '*.html'" ..
    " | grep -v '/i18n/..[./]'"):format(host.data)
  for path, text in pairs(read_all(command)) do
    for key in text:gmatch('%f[%w]t%("([^"]+)"') do used[key] = path end
    for key in text:gmatch(':text%("([^"]+)"') do used[key] = path end
  end
  for path, text in pairs(read_all(("find %s/lua/btshare -name '*.lua' -not -path '*/i18n/*'"):format(host.data))) do
    for key in text:gmatch('"([%l_]+%.[%l_.-]+)"') do
      if i18n.languages.en.texts[key] then used[key], used[key .. ".default"] = path, path end
    end
  end
  for _, definition in ipairs(definitions.list) do
    local key = "settings." .. definition.key
    used[key], used[key .. ".about"] = "settings/definitions.lua", "settings/definitions.lua"
  end
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

  it("breaks no French line before a sign", function()
    for key, text in pairs(i18n.languages.fr.texts) do
      for _, form in ipairs(type(text) == "table" and { text.one, text.other } or { text }) do
        assert.is_nil(form:find(" [:;!?%%»]"), key)
        assert.is_nil(form:find("[^%s\xA0][;!?%%]"), key)
        assert.is_nil(form:find("'", 1, true), key .. ": ’ is wanted")
      end
    end
  end)

  it("has the sentence about the DHT that the owner was promised, word for word", function()
    assert.equal("Your torrent app may look this link up in the public DHT. Downloading here, or a share that is " ..
      "set to private, avoids that.", english["magnet.public"])
    assert.equal("Votre logiciel torrent peut chercher ce lien dans la DHT publique. Télécharger ici, ou un partage " ..
      "réglé sur privé, évite cela.", i18n.languages.fr.texts["magnet.public"])
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

  it("takes values as they are, and misses none", function()
    assert.equal("from %1 {name} <b>", en:text("from", { name = "%1 {name} <b>" }))
    assert.has_error(function() en:text("from", {}) end)
    assert.has_error(function() en:text("no such key") end)
    assert.has_error(function() i18n.speaker "xx" end)
  end)
end)
