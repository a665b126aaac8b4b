---@meta core.markdown
-- Markdown (CommonMark, by libcmark behind core/markdown.h) as HTML that can be shown to anybody: no HTML of the
-- text's own, no images, links only to http, https and mailto, with rel="noopener nofollow"; headings one level down.

---@class core.markdown
local markdown = {}

---Renders on libuv's pool and calls `on_done(html, heading)`, or `on_done(nil, message, code)`: "full" where the HTML
---would be out of proportion. `heading` is the text of the heading of the first level that it begins with.
---@param text string at most 64 KiB; UTF-8, what is not becomes U+FFFD
---@param title string? a heading at the beginning that says just this is left out
---@param on_done fun(html: string?, heading: string?, code: string?)
---@return true? begun
---@return string? message
---@return string? code "full" beyond 64 KiB
function markdown.render(text, title, on_done) end

return markdown
