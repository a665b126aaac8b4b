-- What the console's API does with hostile fields and paths, as the kernel sees it: security S10 and S14.
local console_module = require "console"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local skip = require "support.skip"
local uv = require "luv"

describe("the console's API", function()
  local console, cookie, canary, trace, tracer

  before_each(function()
    console = console_module.start { config = 'downloads = "~/downloads"\n' }
    cookie = console:log_in()
    canary = console.place.folder .. "/CANARY"
    helper.write(console.place.folder .. "/secret", "outside of everything that is shared")
    trace = console.place.folder .. "/trace"
  end)
  after_each(function() console:close() end)

  -- Has the system calls of the running program written down; false where nobody may.
  local function attach(calls)
    tracer = process.start { "strace", "-f", "-q", "-s", "4096", "-e", "trace=" .. calls, "-o", trace, "-p",
      tostring(console.daemon.process.pid) }
    helper.wait_for(function()
      local status = io.open(("/proc/%d/status"):format(console.daemon.process.pid))
      local is_traced = status and status:read("a"):match("TracerPid:%s*(%d+)") ~= "0"
      if status then status:close() end
      return is_traced or tracer.code
    end, 10)
    return not tracer.code
  end

  local function detach()
    tracer:kill "sigint"
    tracer:wait(10)
    return helper.read(trace)
  end

  local function escaped(text)
    return (text:gsub("[^%w]", function(character) return ("%%%02X"):format(character:byte()) end))
  end

  -- A value that fits a schema, hostile wherever a text may stand.
  local function hostile(schema, text, schemas)
    if schema["$ref"] then return hostile(schemas[schema["$ref"]:match("[^/]+$")], text, schemas) end
    if schema.enum then return schema.enum[1] end
    if schema.anyOf then return hostile(schema.anyOf[1], text, schemas) end
    local kind = type(schema.type) == "table" and schema.type[1] or schema.type
    if kind == "object" then
      local value = setmetatable({}, { __jsontype = "object" })
      for name, field in pairs(schema.properties or {}) do value[name] = hostile(field, text, schemas) end
      if type(schema.additionalProperties) == "table" then
        value[text] = hostile(schema.additionalProperties, text, schemas)
      end
      return value
    end
    if kind == "array" then return { hostile(schema.items, text, schemas) } end
    if kind == "boolean" then return false end
    if kind == "integer" or kind == "number" then return math.max(schema.minimum or 1, 1) end
    if schema.pattern == "^/" then return "/" .. text end
    return text
  end

  local function commands()
    return {
      ";touch " .. canary, "$(touch " .. canary .. ")", "`touch " .. canary .. "`", "| touch " .. canary,
      "x\r\nX-Injected: yes", "-e touch " .. canary, "os.execute('touch " .. canary .. "')", "%s%s%n",
      "http://127.0.0.1/$(touch " .. canary .. ")", "magnet:?xt=urn:btih:" .. ("0a"):rep(20) .. "&dn=;touch " .. canary,
    }
  end

  -- All that can be asked for with one text: method, target, body.
  local function requests(description, text)
    local list, schemas = {}, description.components and description.components.schemas or {}
    for path, methods in pairs(description.paths) do
      local ends_it = path:find("/quit$") or path:find("/events$")
      for method, about in pairs(methods) do
        if not ends_it and type(about) == "table" and about.responses then
          local query = {}
          for _, parameter in ipairs(about.parameters or {}) do
            if parameter["in"] == "query" then
              query[#query + 1] = parameter.name .. "=" .. escaped(tostring(hostile(parameter.schema, text, schemas)))
            end
          end
          local media = about.requestBody and about.requestBody.content["application/json"]
          list[#list + 1] = {
            method = method:upper(), body = media and hostile(media.schema, text, schemas) or nil,
            target = path:gsub("{%w+}", escaped(text):gsub("%%", "%%%%")) ..
              (#query > 0 and "?" .. table.concat(query, "&") or ""),
          }
        end
      end
    end
    return list
  end

  it("runs nothing of any field, whatever stands in it (S10)", function()
    local description = console:ask("GET", "/api/v1/openapi.json", { Cookie = cookie }).json
    local settings = console:ask("GET", "/api/v1/settings", { Cookie = cookie }).json.settings
    if not attach "execve,execveat" then
      skip.tests("the system calls of a request", "needs strace, and the right to use it")
      return
    end
    local count, taken, fields = 0, 0, 0
    local function send(request)
      local response = console:ask(request.method, request.target, console:own(cookie),
        request.body and json.encode(request.body) and request.body or nil)
      count = count + 1
      if response.status < 300 then taken = taken + 1 end
      local is_answered = response.status < 500 or response.status == 503
      assert.is_true(is_answered, request.target .. ": " .. response.raw:sub(1, 300))
      assert.is_nil(response.headers["x-injected"], request.target)
      if response.status == 401 then cookie = console:log_in(console:mint()) end -- it logged itself out
    end
    for _, text in ipairs(commands()) do
      for _, request in ipairs(requests(description, text)) do send(request) end
      for _, setting in ipairs(settings) do
        local value = setting.type == "list" and { text } or text
        if setting.editable and type(setting.value) ~= "boolean" and math.type(setting.value) == nil then
          fields = fields + 1
          send { method = "PATCH", target = "/api/v1/settings", body = { [setting.key] = value } }
        end
      end
      cookie = console:log_in(console:mint())
    end
    local text = detach()
    assert.is_nil(text:find("execve", 1, true), text:sub(1, 500))
    assert.is_nil(uv.fs_stat(canary))
    assert.is_true(count > 300 and taken > 50 and fields >= 20, ("%d %d %d"):format(count, taken, fields))
    print(("# %d requests, %d of them did something; strace saw no execve"):format(count, taken))
  end)

  it("opens nothing by a path, on any route, however it is written (S14)", function()
    if not attach "open,openat,openat2,execve" then
      skip.tests("the system calls of a request", "needs strace, and the right to use it")
      return
    end
    local routes, count = { "/", "/vendor/", "/i18n/", "/licences/", "/screens/" }, 0
    for _, route in ipairs(console_module.routes()) do
      if route.method == "GET" and route.target:find("/x") then
        routes[#routes + 1] = route.target:match("^(.-/)x")
      end
    end
    local outside = console.place.folder:sub(2) .. "/secret"
    for _, route in ipairs(routes) do
      for _, dots in ipairs { "..", "%2e%2e", ".%2e", "%252e%252e", "..%2f", "..%5c", "%c0%ae%c0%ae", "....", "..;" } do
        for _, target in ipairs { (dots .. "/"):rep(9) .. outside, (dots .. "%2f"):rep(9) .. escaped(outside),
          "/" .. outside, "%2f" .. escaped(outside), dots .. "/%00secret" } do
          local response = console:ask("GET", route .. target, { Cookie = cookie })
          local is_page = response.status == 200 and (response.headers["content-type"] or ""):find("html", 1, true)
          assert.is_truthy(is_page or response.status == 400 or response.status == 404, route .. target)
          assert.is_nil(response.body:find("outside of everything", 1, true), route .. target)
          count = count + 1
        end
      end
    end
    -- That it is watched indeed: a reload reads config.lua.
    console.daemon:command { "reload" }
    local text = detach()
    assert.matches("config%.lua", text)
    assert.is_nil(text:find("secret", 1, true))
    assert.is_nil(text:find("execve", 1, true))
    assert.is_true(count >= 400, count)
    print(("# %d requests; strace saw every open"):format(count))
  end)
end)
