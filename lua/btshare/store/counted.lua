-- The migration that has the database count what decides who gets at what, so that a copy is made soon after it.
--
-- The database counts by itself, in the transaction that changes something: whoever writes need not think of it, and
-- no end by force loses it. Counters, times of use and what a look at the folders finds again are not counted.
local counted = {}

local watched = {
  { "roots", "INSERT", when = "new.only IS NOT NULL" },
  { "roots", "DELETE" },
  { "shares", "INSERT", when = "new.own_exposure OR new.expires IS NOT NULL OR new.listed IS NOT NULL" },
  { "shares", "DELETE", when = "old.stopped OR old.expired OR old.own_exposure" },
  { "shares", "UPDATE OF stopped, paused, expired, exposure, own_exposure, expires, listed" },
  { "links", "INSERT", when = "new.name IS NOT NULL" },
  { "links", "UPDATE OF generation, revoked, expires, most_downloads" },
  { "links", "UPDATE OF downloads", when = "new.most_downloads IS NOT NULL" },
  { "plugin_values", "INSERT", when = "new.plugin NOT GLOB ' *'" },
  { "plugin_values", "UPDATE", when = "new.plugin NOT GLOB ' *'" },
  { "plugin_values", "DELETE", when = "old.plugin NOT GLOB ' *'" },
  { "settings", "INSERT", when = "new.name GLOB 'console*' OR new.name GLOB 'policy *' OR new.name = 'damage'" },
  { "settings", "DELETE", when = "old.name GLOB 'console*' OR old.name GLOB 'policy *' OR old.name = 'damage'" },
  { "api_tokens", "INSERT" },
  { "api_tokens", "DELETE" },
  { "boxes", "INSERT" },
  { "boxes", "UPDATE" },
  { "boxes", "DELETE" },
}

local parts = { [[
  -- How often was changed what decides who gets at what, see store.counted.
  CREATE TABLE access (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    changes INTEGER NOT NULL
  );
  INSERT INTO access VALUES (1, 1);]] }

for number, change in ipairs(watched) do
  parts[#parts + 1] = ("CREATE TRIGGER access_%d AFTER %s ON %s%s BEGIN UPDATE access SET changes = changes + 1; END;")
    :format(number, change[2], change[1], change.when and " WHEN " .. change.when or "")
end

counted.migration = table.concat(parts, "\n")

return counted
