---@meta btshare.text
-- Texts for people, made of values that others may have chosen.

---@class btshare.text
local text = {}

---Fills in a template: `{share.name}` is `values.share.name`, and nothing where there is no such value. What is filled
---in is not read again, whatever braces are in it.
---@param template string
---@param values table
---@return string filled
function text.fill(template, values) end

---One line of at most so many bytes, cut between characters; control characters become spaces, and bytes that are no
---UTF-8 U+FFFD.
---@param value string
---@param longest integer bytes
---@return string line
function text.line(value, longest) end

---Says what BTshare said in English, such as the `reason` of an event, in the owner's language, which is that of the
---environment it was started in. A sentence that it does not know stays as it is.
---@param english string
---@return string said
function text.message(english) end

---What has happened, in a sentence in the owner's language: "Marie has got film.mkv". For an event that has none, its
---name and that of the share or download.
---@param event string a fact of the catalogue
---@param values table its values
---@return string sentence
function text.sentence(event, values) end

---A number of bytes as people read it: "3.0 MB", by 1000.
---@param bytes integer
---@return string size
function text.size(bytes) end

---The same text, with U+FFFD in place of each byte that is no UTF-8.
---@param value string
---@return string valid
function text.valid(value) end

---A text as it stands in XML 1.0, between tags or in an attribute.
---@param value string
---@return string escaped
function text.xml(value) end

return text
