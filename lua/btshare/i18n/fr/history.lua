-- The catalogue in French: what has happened.
return {
  ["history.share-created"] = { one = "{name} est partagé ({n} fichier)", other = "{name} est partagé ({n} fichiers)" },
  ["history.share-ready"] = "{name} est prêt aussi pour les applications torrent",
  ["history.share-changed"] = "Les fichiers de {name} ont changé ; une nouvelle version se prépare",
  ["history.share-missing"] = "{name} n’est plus là",
  ["history.share-removed"] = "{name} n’est plus partagé",
  ["history.share-expired"] = "{name} est arrivé à échéance ; son lien ne fonctionne plus",
  ["history.share-failed"] = "{name} ne peut pas être partagé : {reason}",
  ["history.link-created"] = "Un lien vers {name} a été créé pour {link}",
  ["history.link-created.default"] = "Un lien vers {name} a été créé",
  ["history.link-revoked"] = "Le lien de {link} vers {name} a été révoqué",
  ["history.link-revoked.default"] = "Le lien vers {name} a été révoqué et remplacé par un autre",
  ["history.recipient-finished"] = "{who} a reçu {name} en entier",
  ["history.download-finished"] = "{name} a été reçu",
  ["history.download-failed"] = "{name} ne peut pas être reçu : {reason}",
  ["history.notice"] = "{message}",
}
