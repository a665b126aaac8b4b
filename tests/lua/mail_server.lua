-- A mail server for specs (RFC 5321): on loopback, plain, with one user if so wished, and with no wish to keep mails.
local uv = require "luv"

local mail_server = {}

---@class MailServer
---@field url string
---@field mails {from: string, to: string, data: string, user: string?}[]
---@field lines string[] all commands that came
---@field replies table<string, string> by command: what is answered instead of the usual
---@field connections integer
local MailServer = {}
MailServer.__index = MailServer

local usual = {
  MAIL = "250 fine", RCPT = "250 fine", DATA = "354 go on", QUIT = "221 bye", RSET = "250 fine", NOOP = "250 fine",
}

-- base64 with its usual digits
local function decoded(text)
  local crypto = require "core.crypto"
  return crypto.from_base64url((text:gsub("+", "-"):gsub("/", "_"):gsub("=", "")))
end

function MailServer:answer(session, line)
  local word = line:match("^%a*"):upper()
  table.insert(self.lines, line)
  if word == "EHLO" then
    return self.password and "250-here\r\n250 AUTH PLAIN" or "250-here\r\n250 SIZE 1000000"
  elseif word == "AUTH" then
    session.is_asked = true
    return "334 "
  elseif session.is_asked then
    session.is_asked = false
    local user, password = (decoded(line) or ""):match("^%z([^%z]*)%z([^%z]*)$")
    local is_right = user == self.user and password == self.password
    session.user = is_right and user or nil
    return is_right and "235 welcome" or "535 wrong"
  end
  if self.password and not session.user and word ~= "QUIT" then return "530 who are you" end
  local said = self.replies[word] or usual[word] or "500 what"
  if word == "MAIL" then session.from = line:match("<(.*)>") end
  if word == "RCPT" then session.to = line:match("<(.*)>") end
  session.is_in_data = word == "DATA" and said:find("^354") ~= nil
  return said
end

function MailServer:serve(client)
  local session, got = {}, ""
  client:write("220 here\r\n")
  client:read_start(function(_, bytes)
    if not bytes then return client:is_closing() or client:close() end
    got = got .. bytes
    while true do
      local part, rest = got:match(session.is_in_data and "^(.-)\r\n%.\r\n(.*)$" or "^(.-)\r\n(.*)$")
      if not part then return end
      got = rest
      if session.is_in_data then
        session.is_in_data = false
        local said = self.replies.END or "250 taken"
        if said:find("^250") then
          table.insert(self.mails, { from = session.from, to = session.to, data = part, user = session.user })
        end
        client:write(said .. "\r\n")
      else
        local said = self:answer(session, part)
        if said ~= "" then client:write(said .. "\r\n") end
      end
    end
  end)
end

---@param user string?
---@param password string?
---@return MailServer
function mail_server.open(user, password)
  local self = setmetatable({
    mails = {}, lines = {}, replies = {}, clients = {}, connections = 0, user = user, password = password,
    socket = uv.new_tcp(),
  }, MailServer)
  assert(self.socket:bind("127.0.0.1", 0))
  assert(self.socket:listen(8, function()
    local client = uv.new_tcp()
    self.socket:accept(client)
    self.connections = self.connections + 1
    table.insert(self.clients, client)
    self:serve(client)
  end))
  self.port = self.socket:getsockname().port
  self.url = "smtp://127.0.0.1:" .. self.port
  return self
end

function MailServer:close()
  for _, client in ipairs(self.clients) do
    if not client:is_closing() then client:close() end
  end
  if not self.socket:is_closing() then self.socket:close() end
end

return mail_server
