-- Français : ce que des extensions montrent sur les pages publiques.
return {
  ["preview"] = "Aperçu",
  ["preview.back"] = "Retour à la page",
  ["preview.none"] = "Un navigateur ne peut pas montrer ce fichier ici. Téléchargez-le.",
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
