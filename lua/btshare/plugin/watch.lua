-- Notices that the files of plugins change, for who writes one and wants to see it at work.
local uv = require "luv"

local watch = {}

-- Editors write a file in several steps: what they are done with stays as it is for so many milliseconds.
local settled = 200

---@param folders string[] where plugins are; those that are not there are not watched
---@param is_used fun(name: string): boolean whether a plugin of that name runs
---@param on_change fun()
---@return fun() close
function watch.open(folders, is_used, on_change)
  local timer, handles = uv.new_timer(), {}
  for _, folder in ipairs(folders) do
    local handle = uv.new_fs_event()
    handles[#handles + 1] = handle
    if uv.fs_stat(folder) then
      handle:start(folder, {}, function(problem, file)
        local name = not problem and file and file:match("^(.+)%.lua$")
        if name and is_used(name) then
          timer:start(settled, 0, on_change)
        end
      end)
    end
  end
  return function()
    timer:close()
    for _, handle in ipairs(handles) do handle:close() end
  end
end

return watch
