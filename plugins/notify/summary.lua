-- What notify tells of, by which ways, and how that goes, without addresses: who knows that of a topic can read it.
local words = {
  en = {
    events = "events", last = "last told %Y-%m-%d %H:%M", none = "nothing told yet", waiting = "waiting: %d",
    failed = "tries that failed: %d", most = "at most", hourly = "%d messages an hour by each way",
    columns = { "What", "How" },
  },
  fr = {
    events = "événements", last = "dernier envoi le %d/%m/%Y à %H:%M", none = "rien encore",
    waiting = "en attente : %d", failed = "essais manqués : %d",
    most = "au plus", hourly = "%d messages par heure et par moyen",
    columns = { "Quoi", "Comment" },
  },
}

return function(options, boxes, language)
  local own = words[language] or words.en
  local rows = { { own.events, table.concat(options.on, ", ") } }
  for _, box in ipairs(boxes) do
    local parts = { box.sent[1] and os.date(own.last, box.sent[1]) or own.none }
    if box.count > 0 then parts[#parts + 1] = own.waiting:format(box.count) end
    if box.failures > 0 then parts[#parts + 1] = own.failed:format(box.failures) end
    rows[#rows + 1] = { box.name, table.concat(parts, ", ") }
  end
  rows[#rows + 1] = { own.most, own.hourly:format(options.hourly) }
  return { columns = own.columns, rows = rows }
end
