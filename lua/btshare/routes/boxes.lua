-- The public side of drop boxes: the page where others choose what they send, and the ways in which it comes.
local askers = require "btshare.routes.page.asker"
local form = require "btshare.routes.box.form"
local limits = require "btshare.boxes.limits"
local put = require "btshare.routes.box.put"
local reply = require "btshare.http.reply"
local text = require "btshare.terminal.text"
local tus = require "btshare.routes.box.tus"

local boxes = {}

-- Said in the sender's language, by the code of a refusal.
local reasons = {
  too_large = "drop.why.too_large", box_full = "drop.why.box_full", too_many = "drop.why.too_many",
  no_room = "drop.why.no_room", bad_name = "drop.why.bad_name", denied = "drop.why.denied", gone = "drop.why.gone",
  invalid = "drop.why.invalid",
}

local function heading_of(speaker, services)
  local name = services.config.name
  return name and speaker:text("drop.title.to", { name = name }) or speaker:text("drop.title")
end

-- What its page's script holds files against, before it sends any.
local function left_of(box)
  local files, bytes = limits.count(box)
  return { files = math.max(0, box.limits.files - files), bytes = math.max(0, box.limits.bytes - bytes) }
end

local function rules_of(speaker, box)
  return speaker:text("drop.rules", {
    size = speaker:size(box.limits.file_bytes), files = speaker:text("files", { n = box.limits.files }),
  })
end

local function in_lines(asker, status, lines)
  local answer = reply.text(status, table.concat(lines, "\n") .. "\n")
  answer.headers["Content-Language"] = asker.speaker.language
  return answer
end

-- curl puts the file's name behind an address that ends with a slash.
local function command_of(asker, box)
  return ("  curl -T FILE %s/"):format(asker.place:public_urls("/d/" .. box.token)[1])
end

local function plain_page(asker, services, box)
  local speaker = asker.speaker
  local lines = { text.escape(box.title or heading_of(speaker, services)), rules_of(speaker, box) }
  if box.note then
    for line in box.note:gmatch("[^\n]+") do lines[#lines + 1] = text.escape(line) end
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = speaker:text("drop.plain")
  lines[#lines + 1] = command_of(asker, box)
  return in_lines(asker, 200, lines)
end

local function page(services, request, box)
  local asker = askers.of(services, request)
  local speaker = asker.speaker
  if asker.form ~= "html" then return plain_page(asker, services, box) end
  return services.pages:page(asker, "drop.html", {
    title = box.title or heading_of(speaker, services), heading = heading_of(speaker, services),
    subject = box.title or false, note = box.note or false, rules = rules_of(speaker, box),
    action = "/d/" .. box.token, files_at = "/d/" .. box.token .. "/files", limits = box.limits, left = left_of(box),
    expires = box.expires and speaker:moment(box.expires) or false,
    expires_iso = box.expires and os.date("!%Y-%m-%dT%H:%M:%SZ", box.expires) or false,
  })
end

local function say(speaker, refusal)
  return speaker:text(reasons[refusal.code] or "drop.why.failed", { reason = refusal.message })
end

local function line_of(speaker, upload)
  return ("%s  %s  %s"):format(text.escape(upload.name), speaker:size(upload.size),
    speaker:text("drop.receipt", { code = upload.receipt }))
end

-- What has become of a form: what was kept, what was not and why. Whoever sent it is told in their form.
local function result(services, request, box, kept, refused, problem)
  local asker = askers.of(services, request)
  local speaker = asker.speaker
  local first = refused[1] and refused[1].refusal or problem
  local status = kept[1] and 200 or first and first.status or 400
  local title = speaker:text(kept[1] and "drop.done" or "drop.failed")
  local arrived, turned_away, lines = {}, {}, { title }
  for index, upload in ipairs(kept) do
    arrived[index] = { name = upload.name, size = speaker:size(upload.size), receipt = upload.receipt }
    lines[#lines + 1] = line_of(speaker, upload)
  end
  if refused[1] then lines[#lines + 1] = speaker:text("drop.refused") end
  for index, one in ipairs(refused) do
    turned_away[index] = { name = one.name, reason = say(speaker, one.refusal) }
    lines[#lines + 1] = ("%s  %s"):format(text.escape(one.name), turned_away[index].reason)
  end
  local words = problem and say(speaker, problem) or false
  lines[#lines + 1] = words or nil
  if asker.form ~= "html" then return in_lines(asker, status, lines) end
  return services.pages:page(asker, "dropped.html", {
    title = title, kept = arrived, refused = turned_away, problem = words, again = "/d/" .. box.token,
  }, status)
end

local function add_form(router, services, refuse)
  local function receive(request)
    local box = services.boxes:find(request.segments[2])
    if not box then return nil, refuse(request) end
    local way, refusal = form.begin(services.box_intake, box, request)
    if not way then return nil, result(services, request, box, {}, {}, refusal) end
    return way
  end
  router:add("POST /d/:token", function(request, parameters)
    local sent = request.way_in and request.way_in.form
    if not sent then
      local box = services.boxes:find(parameters.token)
      if not box then return refuse(request) end
      return result(services, request, box, {}, {}, { status = 415, code = "invalid" })
    end
    sent:close()
    local problem = sent.problem and not sent.refused[1] and { status = 400, code = "failed" } or nil
    return result(services, request, sent.box, sent.kept, sent.refused, problem)
  end, { body_limit = form.most_body, receive = receive })
end

-- What has become of a file that was sent alone, for a command line.
local function sent_alone(services, request, box, upload, refusal)
  local asker = askers.of(services, request)
  local speaker = asker.speaker
  if not upload then
    local answer = in_lines(asker, refusal.status, { speaker:text "drop.failed", say(speaker, refusal) })
    answer.headers["Retry-After"] = refusal.status == 429 and tostring(limits.retry_seconds) or nil
    return answer
  end
  local own = ("/d/%s/files/%s"):format(box.token, upload.secret)
  local answer = in_lines(asker, 201, {
    speaker:text "drop.done", line_of(speaker, upload), "",
    speaker:text("drop.take_back", { n = limits.removable_seconds // 60 }),
    "  curl -X DELETE " .. asker.place:public_urls(own)[1],
  })
  answer.headers["Location"], answer.headers["X-Receipt"] = own, upload.receipt
  return answer
end

local function add_put(router, services, refuse)
  local function begin(request, name)
    local box = services.boxes:find(request.segments[2])
    if not box then return nil, refuse(request) end
    local way, refusal = put.begin(services.box_intake, box, request, name)
    if not way then return nil, sent_alone(services, request, box, nil, refusal) end
    return way
  end
  local function receive(request)
    local way, answer = begin(request, request.segments[3])
    return way and way:way_in(), answer
  end
  local function finish(request)
    local sent, answer = request.way_in and request.way_in.put, nil
    if not sent then sent, answer = begin(request, request.segments[3]) end
    if not sent then return answer end
    return sent_alone(services, request, sent.box, sent:finish())
  end
  router:add("PUT /d/:token/:name", finish, { body_limit = form.most_body, receive = receive })
  router:add("PUT /d/:token/files", finish, { body_limit = form.most_body, receive = receive }) -- called so, too
  local function explain(request)
    local box = services.boxes:find(request.segments[2])
    if not box then return refuse(request) end
    local asker = askers.of(services, request)
    return in_lines(asker, 400, { asker.speaker:text "drop.nameless", command_of(asker, box) })
  end
  router:add("PUT /d/:token", explain, {
    body_limit = form.most_body, receive = function(request) return nil, explain(request) end,
  })
end

---Adds the routes to the public router.
---@param router btshare.Router
---@param services btshare.Services
function boxes.add(router, services)
  -- Unknown, closed and over are the same, byte for byte, as they are of shares.
  local function refuse(request) return services.pages:trouble(request, "missing") end
  router:add("GET /d/:token", function(request, parameters)
    local box = services.boxes:find(parameters.token)
    return box and page(services, request, box) or refuse(request)
  end)
  add_form(router, services, refuse)
  add_put(router, services, refuse)
  tus.new(services, refuse):add(router)
end

return boxes
