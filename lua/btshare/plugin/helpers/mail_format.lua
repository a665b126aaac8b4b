-- Mails as they are sent (RFC 5322, RFC 2047): a text in UTF-8, and who it is from and to.
local crypto = require "core.crypto"
local date = require "btshare.http.date"

local mail_format = {}

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

---@param value any
---@return string|nil address a single mail address, with nothing else in it
---@return string? message
function mail_format.address(value)
  if type(value) == "string" and #value <= 254 and value:find("^[^-%s%c<>,;:\"()@][^%s%c<>,;:\"()@]*@[%w%.%-]+$") then
    return value
  end
  return nil, 'must be a mail address such as "me@example.org"'
end

---A whole mail. Addresses must have been checked by `address`.
---@param of {to: string, from: string?, subject: string, text: string}
---@param now integer unix seconds
---@return string mail its lines end with "\n"
function mail_format.compose(of, now)
  local lines = {
    "To: " .. of.to, "Subject: " .. encoded_words((of.subject:gsub("%c+", " "))),
    "Date: " .. date.format(now):gsub("GMT$", "+0000"),
    ("Message-ID: <%s@%s>"):format(crypto.hex(crypto.random(16)), (of.from or of.to):match("@(.*)$")),
    "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
    "Auto-Submitted: auto-generated", "", wrapped(of.text),
  }
  if of.from then table.insert(lines, 1, "From: " .. of.from) end
  return table.concat(lines, "\n") .. "\n"
end

return mail_format
