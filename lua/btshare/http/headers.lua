-- The headers that every reply of a listener has (security.md §5), and the stricter ones of its pages.
local headers = {}

local function with(base, more)
  local all = {}
  for name, value in pairs(base) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

local base = {
  ["X-Content-Type-Options"] = "nosniff",
  ["X-Frame-Options"] = "DENY",
  ["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ["Cross-Origin-Opener-Policy"] = "same-origin",
  ["Cross-Origin-Resource-Policy"] = "same-origin",
  ["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()",
  ["Cache-Control"] = "no-store",
}

---Of every reply to the public. The referrer stays within: with no-referrer, a form would say `Origin: null`.
headers.public = with(base, {
  ["Referrer-Policy"] = "same-origin",
  ["X-Robots-Tag"] = "noindex, nofollow",
})

---Of every reply to the owner.
headers.console = with(base, { ["Referrer-Policy"] = "no-referrer" })

---Of the console's own page.
headers.console_page = {
  ["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " ..
    "media-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; " ..
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
}

---Of public HTML.
headers.public_page = {
  ["Content-Type"] = "text/html; charset=utf-8",
  ["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " ..
    "media-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; " ..
    "frame-ancestors 'none'",
  ["Cache-Control"] = "private, no-store",
  ["Vary"] = "Accept, Accept-Language, User-Agent",
}

---Keeps of the Cookie header only what belongs to the public side: browsers send the owner's cookies to every port.
---@param request core.http.Request
function headers.drop_foreign_cookies(request)
  local kept = {}
  for cookie in (request.headers.cookie or ""):gmatch("[^;]+") do
    cookie = cookie:match("^%s*(.-)%s*$")
    if cookie:find("^btshare_grant_") or cookie:find("^btshare_visit_") then kept[#kept + 1] = cookie end
  end
  request.headers.cookie = #kept > 0 and table.concat(kept, "; ") or nil
end

return headers
