-- Français : ce que des extensions montrent sur les pages publiques.
return {
  ["page.about"] = "À propos",
  ["page.yes"] = "oui",
  ["page.no"] = "non",

  ["list.title"] = "Partagé ici",
  ["list.page"] = "Page {page} sur {pages}",
  ["list.previous"] = "Précédent",
  ["list.next"] = "Suivant",
  ["list.more_at"] = "La suite : {address}",
  ["list.shares"] = { one = "{n} partage", other = "{n} partages" },
}
