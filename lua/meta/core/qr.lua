---@meta core.qr
-- QR codes by libqrencode (ISO/IEC 18004), error correction level M.

---@class core.qr
local qr = {}

---@param text string without NUL
---@return string? svg standalone, black on white, quiet zone of 4 modules, 1 unit a module, one path
---@return string? message too long (2,331 bytes fit), or empty
---@return string? code "invalid"
function qr.svg(text) end

---@param text string
---@param is_plain boolean? without colours: it scans where dark letters stand on a light ground
---@return string? art for a terminal, two modules a character cell with half blocks, drawn so that it scans on dark and light terminals (explicit colours by SGR), lines end in \n
---@return string? message
---@return string? code
function qr.terminal(text, is_plain) end

return qr
