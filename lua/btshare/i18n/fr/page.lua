-- Français : ce que des extensions montrent sur les pages publiques.
return {
  ["page.about"] = "À propos",
  ["page.yes"] = "oui",
  ["page.no"] = "non",
}
