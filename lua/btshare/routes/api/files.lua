-- The API's route for the files of a share.
local common = require "btshare.routes.api.common"
local content = require "btshare.shares.content"
local describe = require "btshare.shares.describe"
local disposition = require "btshare.http.disposition"
local json = require "core.json"
local manifests = require "core.manifest"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"
local task = require "btshare.task"

local most_files = 1000 -- in an answer

-- A missing share still has the files it had; they have no link then.
local function manifest_of(services, share)
  local of = content.of(services.shares, share)
  if of then return of.manifest, true end
  local row = services.store:query("SELECT manifest FROM versions WHERE share = ?", share.id)[1]
  return row and row.manifest or "", false
end

local function list(call, share)
  local services, query = call.services, call.query
  local manifest, is_served = manifest_of(services, share)
  local first, last = query.offset + 1, query.offset + (query.limit or most_files)
  local page = is_served and services.reach:public_urls("/s/" .. describe.token(services, share, "page"))[1]
  local files, total = {}, 0
  for number, path, size in manifests.each(manifest) do
    total = number
    if number >= first and number <= last then
      files[#files + 1] = {
        number = number, path = path, size = size,
        link = page and ("%s/f/%d/%s"):format(page, number, disposition.segment(path:match("[^/]*$"))) or nil,
      }
    end
    if number % 2000 == 0 then task.breathe(10) end
  end
  return reply.json(200, { files = json.array(files), total = total })
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/shares/:id/files", scope = "read", parameters = { id = t.string { min = 1, max = 64 } },
      summary = "Lists the files of a share, each with the address of its bytes.",
      query = common.paged(most_files),
      answers = {
        [200] = t.object {
          files = t.array(t.object {
            number = t.integer { min = 1 }, path = t.string(), size = t.integer { min = 0 },
            link = t.optional(t.string { format = "uri" }),
          }),
          total = t.integer { min = 0 },
        },
        [404] = true,
      },
      handler = common.with_share(list) },
  }
end
