-- Panels of plugins on the page of a share: figures and tables, drawn here, since the page runs no script.
local task = require "btshare.task"
local text = require "btshare.terminal.text"
local titles = require "btshare.plugin.panel"

local panels = {}

---@class btshare.PagePanel
---@field title string
---@field stats {label: string, value: string}[]|false
---@field columns string[]|false
---@field rows string[][]|false

local patience = 1000 -- milliseconds for all of them: a page waits for no slow plugin
local most_rows = 100

local measures = {
  bytes = function(speaker, value) return speaker:size(math.floor(value)) end,
  ["bytes/s"] = function(speaker, value) return speaker:rate(value) end,
  seconds = function(speaker, value) return speaker:duration(value) end,
}

local function cell(speaker, value, unit)
  if type(value) == "boolean" then return speaker:text(value and "page.yes" or "page.no") end
  local shown = type(value) == "number" and speaker:number(value) or text.escape(value)
  if type(value) == "number" and value >= 0 and measures[unit] then return measures[unit](speaker, value) end
  return unit and shown .. "\u{A0}" .. text.escape(unit) or shown
end

local function stats(speaker, list)
  local shown = {}
  for index, item in ipairs(list) do
    shown[index] = { label = text.escape(item.label), value = cell(speaker, item.value, item.unit) }
  end
  return shown
end

local function rows(speaker, list)
  local shown = {}
  for index = 1, math.min(#list, most_rows) do
    shown[index] = {}
    for column, value in ipairs(list[index]) do shown[index][column] = cell(speaker, value) end
  end
  return shown
end

local function columns(list)
  local shown = {}
  for index, name in ipairs(list) do shown[index] = text.escape(name) end
  return shown
end

local draw = {
  stats = function(speaker, title, data)
    return data.stats[1] and { title = title, stats = stats(speaker, data.stats), columns = false, rows = false }
  end,
  table = function(speaker, title, data)
    return data.rows[1] and {
      title = title, stats = false, columns = columns(data.columns), rows = rows(speaker, data.rows),
    }
  end,
}

-- What a panel shows, as JSON has it; nothing in time is nothing.
local function ask_all(services, wanted, context)
  local found, asked = {}, { group = {} }
  local _ <close> = task.on_close(function() task.cancel(asked.group) end)
  task.await(function(resume)
    local left = #wanted
    task.spawn_with(asked, function()
      task.sleep(patience)
      resume()
    end)
    for index, item in ipairs(wanted) do
      task.spawn_with(asked, function()
        local data, message = services.plugins:panel_data(item.plugin, item.panel.id, context)
        found[index] = data
        if not data then services.log.debug("panel %s of plugin %s: %s", item.panel.id, item.plugin, message) end
        left = left - 1
        if left == 0 then resume() end
      end)
    end
  end)
  return found
end

---Call in a task.
---@param services btshare.Services
---@param speaker btshare.i18n.Speaker
---@param share btshare.Share
---@return btshare.PagePanel[]
function panels.of(services, speaker, share)
  local wanted = {}
  for _, item in ipairs(services.plugins and services.plugins:panels() or {}) do
    if item.panel.slot == "share.page" and draw[item.panel.kind] then wanted[#wanted + 1] = item end
  end
  local shown = {}
  if not wanted[1] then return shown end
  local found = ask_all(services, wanted, {
    share = share.id, slot = "share.page", language = speaker.language,
  })
  for index, item in ipairs(wanted) do
    local title = text.escape(titles.say(item.panel.title, speaker.language))
    local panel = found[index] and not found[index].hidden and draw[item.panel.kind](speaker, title, found[index])
    if panel then shown[#shown + 1] = panel end
  end
  return shown
end

return panels
