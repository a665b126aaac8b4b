-- For plugins, as `btshare.mail`: mails as sendmail takes them (RFC 5322, RFC 2047).
local crypto = require "core.crypto"

local mail = {}

local longest_word = 60 -- bytes of an encoded word without its ends; RFC 2047 allows 75 with them

-- Words beyond ASCII, each with whole characters only.
local function encoded_words(value)
  if not value:find("[\128-\255]") and not value:find("=?", 1, true) then return value end
  local words, part = {}, ""
  for character in value:gmatch(utf8.charpattern) do
    local shown = character:find("^%w$") and character
      or character:gsub(".", function(byte) return ("=%02X"):format(byte:byte()) end)
    if #part + #shown > longest_word then
      words[#words + 1] = part
      part = ""
    end
    part = part .. shown
  end
  words[#words + 1] = part
  for index, word in ipairs(words) do words[index] = "=?UTF-8?Q?" .. word .. "?=" end
  return table.concat(words, "\n ")
end

-- Lines of base64 as RFC 2045 has them: whatever is in a text, no line of it can be too long or mean anything.
local function wrapped(bytes)
  local digits = crypto.base64url(bytes):gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  digits = digits .. ("="):rep(-#digits % 4)
  return (digits:gsub(("."):rep(76), "%0\n"))
end

---@return table<string, function>
function mail.make()
  local api = {}

  ---Whether a text is a single mail address, with nothing else in it.
  ---@param value any
  ---@return string|nil address
  ---@return string? message
  function api.address(value)
    if type(value) == "string" and #value <= 254 and value:find("^[^-%s%c<>,;:\"()@][^%s%c<>,;:\"()@]*@[%w%.%-]+$") then
      return value
    end
    return nil, 'must be a mail address such as "me@example.org"'
  end

  ---A whole mail, for the input of sendmail. Addresses must have been checked by `address`.
  ---@param of {to: string, from: string?, subject: string, text: string}
  ---@return string
  function api.compose(of)
    local lines = {
      "To: " .. of.to, "Subject: " .. encoded_words((of.subject:gsub("%c+", " "))), "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
      "Auto-Submitted: auto-generated", "", wrapped(of.text),
    }
    if of.from then table.insert(lines, 1, "From: " .. of.from) end
    return table.concat(lines, "\n") .. "\n"
  end

  return api
end

return mail
