-- Texts made alike for searching: capitals and accents do not count, in whatever form of Unicode they were written.
local fold = {}

-- A base letter, and what it looks like with accents or as a capital.
local families = {
  a = "ÀÁÂÃÄÅàáâãäåĀāĂ㥹", c = "ÇçĆćĈĉĊċČč", d = "ĎďĐđÐð", e = "ÈÉÊËèéêëĒēĔĕĖėĘęĚě", g = "ĜĝĞğĠġĢģ", h = "ĤĥĦħ",
  i = "ÌÍÎÏìíîïĨĩĪīĬĭĮįİı", j = "Ĵĵ", k = "Ķķ", l = "ĹĺĻļĽľŁł", n = "ÑñŃńŅņŇň", o = "ÒÓÔÕÖØòóôõöøŌōŎŏŐő",
  r = "ŔŕŖŗŘř", s = "ŚśŜŝŞşŠšȘș", t = "ŢţŤťŦŧȚț", u = "ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲų", w = "Ŵŵ", y = "ÝýÿŶŷŸ", z = "ŹźŻżŽž",
  ae = "Ææ", oe = "Œœ", ss = "ßẞ",
}

local letters = {}
for base, others in pairs(families) do
  for _, code in utf8.codes(others) do letters[utf8.char(code)] = base end
end
-- Greek and Cyrillic: capitals and small letters lie at fixed distances.
for code = 0x391, 0x3A9 do letters[utf8.char(code)] = utf8.char(code + 0x20) end
for code = 0x410, 0x42F do letters[utf8.char(code)] = utf8.char(code + 0x20) end
for code = 0x400, 0x40F do letters[utf8.char(code)] = utf8.char(code + 0x50) end
-- Accents that stand by themselves, as macOS writes names.
for code = 0x300, 0x36F do letters[utf8.char(code)] = "" end

---@param text string UTF-8; other bytes stay as they are
---@return string folded
function fold.text(text)
  local folded = text:lower()
  if not folded:find("[\xC3-\xE1]") then return folded end
  return (folded:gsub("[\xC3-\xDF][\x80-\xBF]", letters):gsub("\xE1\xBA\x9E", "ss"))
end

return fold
