-- The API's route for the files of a share.
local common = require "btshare.routes.api.common"
local content = require "btshare.shares.content"
local describe = require "btshare.shares.describe"
local disposition = require "btshare.http.disposition"
local json = require "core.json"
local magic = require "btshare.http.magic"
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

-- What stands in one folder of a share: what is in folders below it is counted there.
local function level(manifest, under)
  local folders, by_name, files = {}, {}, {}
  for number, path, size in manifests.each(manifest) do
    if path:sub(1, #under) == under then
      local name = path:match("^([^/]*)/", #under + 1)
      local folder = name and by_name[name]
      if folder then
        folder.files, folder.size = folder.files + 1, folder.size + size
      elseif name then
        by_name[name] = { path = under .. name, files = 1, size = size }
        folders[#folders + 1] = by_name[name]
      else
        files[#files + 1] = { number = number, path = path, size = size }
      end
    end
    if number % 2000 == 0 then task.breathe(10) end
  end
  return folders, files
end

local function all(manifest)
  local files = {}
  for number, path, size in manifests.each(manifest) do
    files[number] = { number = number, path = path, size = size }
    if number % 2000 == 0 then task.breathe(10) end
  end
  return {}, files
end

local function list(call, share)
  local services, query = call.services, call.query
  local manifest, is_served = manifest_of(services, share)
  local under = query.under and (query.under == "" and "" or query.under .. "/")
  local folders, files = (under and level or all)(manifest, under)
  local total = #folders + #files
  local page = is_served and services.reach:public_urls("/s/" .. describe.token(services, share, "page"))[1]
  local entries = common.page(table.move(files, 1, #files, #folders + 1, folders), query, most_files)
  local answer = { folders = json.array {}, files = json.array {}, total = total }
  local whole, single = services.access:downloads(share), services.file_counts:of(share)
  for _, entry in ipairs(entries) do
    local of = entry.number and answer.files or answer.folders
    of[#of + 1] = entry
    if entry.number and page then
      local name = entry.path:match("[^/]*$")
      entry.link = ("%s/f/%d/%s"):format(page, entry.number, disposition.segment(name))
      entry.preview = magic.is_likely(name, entry.size) and ("%s/view/%d"):format(page, entry.number) or nil
    end
    if entry.number then
      entry.downloads = whole + (single[entry.path] or 0)
    end
  end
  if not under then answer.folders = nil end
  return reply.json(200, answer)
end

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/shares/:id/files", scope = "read", parameters = { id = t.string { min = 1, max = 64 } },
      summary = "Lists the files of a share, each with the address of its bytes.",
      query = common.paged(most_files, {
        under = t.optional(t.string { max = 4096, description = "A folder of it, \"\" for the share's own: only what "
          .. "stands right there, and the folders in it." }),
      }),
      answers = {
        [200] = t.object {
          folders = t.optional(t.array(t.object {
            path = t.string(), files = t.integer { min = 1 }, size = t.integer { min = 0 },
          })),
          files = t.array(t.object {
            number = t.integer { min = 1 }, path = t.string(), size = t.integer { min = 0 },
            link = t.optional(t.string { format = "uri" }),
            preview = t.optional(t.string { format = "uri", description = "Of a page that shows it; where its name is "
              .. "one of a picture, sound, film or text." }),
            downloads = t.integer { min = 0, description = "How often it was fetched to its last byte, by itself or "
              .. "with all of the share." },
          }),
          total = t.integer { min = 0, description = "Of files, and folders where they are told." },
        },
        [404] = true,
      },
      handler = common.with_share(list) },
  }
end
