-- What a drop box takes, decided before the first byte of a file (security S22, S24).
local limits = {}

limits.files, limits.bytes, limits.file_bytes = 100, 10 << 30, 4 << 30
limits.seconds = 7 * 86400
limits.most_files, limits.most_bytes = 10000, 1 << 44
limits.transfers_of_address, limits.transfers = 2, 8
limits.partial_seconds = 86400   -- a part is kept for as long after its last byte
limits.untouched_seconds = 3600  -- and what never got one for so long
limits.removable_seconds = 600   -- for as long its sender may take it back
limits.retry_seconds = 5         -- after them, who sends too much at once may try again

local least_free, least_share = 2 << 30, 20 -- bytes, and one part in so many of the disk

---@param size integer of the file system
---@return integer bytes that stay free
function limits.keep_free(size)
  return math.max(least_free, size // least_share)
end

-- An address of IPv6 is one of the very many of whoever has it.
local function household(address)
  return address:find(":", 1, true) and address:match("^(%x*:%x*:%x*:%x*):") or address
end

---@param box btshare.Box
---@return integer files
---@return integer bytes of all that came or is coming
---@return integer left bytes that are still to come of it
function limits.count(box)
  local files, bytes, left = 0, 0, 0
  for _, upload in pairs(box.uploads) do
    files, bytes = files + 1, bytes + upload.size
    if not upload.finished then left = left + upload.size - upload.received end
  end
  return files, bytes, left
end

---Whether a box takes one more file.
---@param box btshare.Box
---@param size integer
---@return true|nil
---@return string? message
---@return "too_large"|"box_full"|nil reason
function limits.check_file(box, size)
  if size > box.limits.file_bytes then
    return nil, ("a file may have %d bytes here"):format(box.limits.file_bytes), "too_large"
  end
  local files, bytes = limits.count(box)
  if files >= box.limits.files then
    return nil, ("%d files may be sent here, and they have been"):format(box.limits.files), "box_full"
  elseif bytes + size > box.limits.bytes then
    return nil, "all that may be sent here would be more than it may", "box_full"
  end
  return true
end

---Whether somebody may begin to send now.
---@param box btshare.Box
---@param address string
---@return true|nil
---@return string? message
---@return "too_many"? reason
function limits.check_transfer(box, address)
  local all, own = 0, 0
  for transfer in pairs(box.transfers) do
    all = all + 1
    if household(transfer.address) == household(address) then own = own + 1 end
  end
  if own >= limits.transfers_of_address or all >= limits.transfers then
    return nil, "too much is being sent at once; try again when some of it is there", "too_many"
  end
  return true
end

---When a part that gets no more bytes is deleted.
---@param upload btshare.Upload
---@return integer seconds since 1970
function limits.expires(upload)
  return upload.touched + (upload.received > 0 and limits.partial_seconds or limits.untouched_seconds)
end

return limits
