-- What is said to the owner, and to those who wait.
local words = {}

words.en = {
  label = "Ask me first", asked = "You are asked first.", columns = { "Who", "With", "Since", "Page" }, open = "open",
  closed = "closed",
}
words.fr = {
  label = "Me demander d’abord", asked = "On vous demande d’abord.", columns = { "Qui", "Avec", "Depuis", "Page" },
  open = "ouverte", closed = "fermée",
}

words.refused = { en = "You were not let in.", fr = "Vous n’avez pas été admis." }
words.crowded = {
  en = "Too many wait to be let in. Try again later.",
  fr = "Trop de personnes attendent d’être admises. Réessayez plus tard.",
}

---@param name string of a share
---@param who string who asked last
---@param count integer who wait
---@return table<string, string>
function words.wait(name, who, count)
  return count == 1 and {
    en = ("%s: %s asks to be let in."):format(name, who), fr = ("%s\u{A0}: %s demande à entrer."):format(name, who),
  } or {
    en = ("%s: %d people ask to be let in."):format(name, count),
    fr = ("%s\u{A0}: %d personnes demandent à entrer."):format(name, count),
  }
end

return words
