-- The API described for programs (OpenAPI 3.1), made from the table of its routes.
local json = require "core.json"
local schema = require "btshare.api.schema"

local openapi = {}

local titles = {
  [200] = "Done", [201] = "Created", [202] = "Begun", [204] = "Done; there is nothing to tell",
}
local problem = schema.ref "Problem"

-- Every schema that is referred to, however deep.
local function gather(value, found)
  if type(value) ~= "table" then return end
  local reference = value["$ref"]
  if type(reference) == "string" then
    local of, name = schema.resolve(reference)
    if not of then error("schema " .. name .. ": is not defined", 0) end
    if not found[name] then
      found[name] = of
      gather(of, found)
    end
    return
  end
  for _, inner in pairs(value) do gather(inner, found) end
end

local function parameters(route)
  local list = {}
  for name in route.path:gmatch(":([%w_]+)") do
    list[#list + 1] = { name = name, ["in"] = "path", required = true,
      schema = route.parameters and route.parameters[name] or { type = "string" } }
  end
  local names = {}
  for name in pairs(route.query or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local of = route.query[name]
    list[#list + 1] = { name = name, ["in"] = "query", schema = of, description = of.description,
      required = not schema.is_optional(of) and of.default == nil }
  end
  if route.current then
    list[#list + 1] = { name = "If-Match", ["in"] = "header", required = false, schema = { type = "string" },
      description = 'The ETag of what is to be changed: where it is another by now, nothing is done.' }
  elseif route.method == "POST" and route.answers[201] then
    list[#list + 1] = { name = "Idempotency-Key", ["in"] = "header", required = false,
      schema = { type = "string", maxLength = 64 },
      description = "With the same key and body within a day, the answer is the same and nothing is done again." }
  end
  return list[1] and json.array(list)
end

local function body(route)
  if not route.body then return nil end
  local media = route.body_kind == "octets" and "application/octet-stream" or "application/json"
  return { required = true, content = { [media] = { schema = route.body } } }
end

local function responses(route)
  local all = {
    default = { description = "A problem", content = { ["application/problem+json"] = { schema = problem } } },
  }
  for status, of in pairs(route.answers) do
    local answer = { description = titles[status] or "A problem" }
    if status >= 300 then
      answer.content = { ["application/problem+json"] = { schema = problem } }
    elseif of ~= true then
      answer.content = { [route.media or "application/json"] = { schema = of } }
      for _, media in ipairs(route.also or {}) do answer.content[media] = { schema = { type = "string" } } end
    end
    all[("%d"):format(status)] = answer
  end
  return all
end

local function operation(route)
  local words = route.path:gsub("^/api/v1/", ""):gsub("[:{}]", ""):gsub("[^%w]+", "_")
  return {
    operationId = route.method:lower() .. "_" .. words,
    summary = route.summary,
    tags = json.array { route.path:match("^/api/v1/([%w_]+)") or "console" },
    security = json.array(route.scope == "open" and {} or {
      { token = json.array { route.scope } }, { session = json.array {} },
    }),
    parameters = parameters(route),
    requestBody = body(route),
    responses = responses(route),
  }
end

---@param routes btshare.api.Route[]
---@param version string of BTshare
---@return table document
function openapi.document(routes, version)
  local paths, schemas = {}, {}
  gather(problem, schemas)
  for _, route in ipairs(routes) do
    local path = route.path:gsub(":([%w_]+)", "{%1}")
    paths[path] = paths[path] or {}
    paths[path][route.method:lower()] = operation(route)
    gather({ route.body or false, route.answers, route.query or false, route.parameters or false }, schemas)
  end
  return {
    openapi = "3.1.0",
    info = { title = "BTshare", version = version, license = { name = "see LICENSE" },
      summary = "What is shared, who fetches it, and everything that can be set." },
    paths = paths,
    components = {
      schemas = schemas,
      securitySchemes = {
        token = { type = "http", scheme = "bearer",
          description = "Made by btshare token, with the rights read, share or admin. Programs that know nothing " ..
            "else may send it as the password of Basic, under any name." },
        session = { type = "apiKey", ["in"] = "cookie", name = "btshare",
          description = "Of the console; its name ends in _PORT. Changing anything needs the header X-BTshare: 1." },
      },
    },
  }
end

return openapi
