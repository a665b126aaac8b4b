-- La page d’une boîte de dépôt, en français.
return {
  ["drop.title"] = "Envoyer des fichiers",
  ["drop.title.to"] = "Envoyer des fichiers à {name}",
  ["drop.rules"] = "Jusqu’à {size} chacun, {files}.",
  ["drop.sender"] = "Votre nom (facultatif)",
  ["drop.note"] = "Un message (facultatif)",
  ["drop.files"] = "Fichiers",
  ["drop.send"] = "Envoyer",
}
