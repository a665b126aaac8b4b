-- French: what the owner is told of, limits by the hour, diagnostics.
return {
  ["console.settings.plugin.aside"] = "L’extension {name} est mise de côté.",
  ["console.tell.finished"] = "Me prévenir quand quelqu’un a tout reçu",
  ["console.tell.received"] = "Me prévenir quand un téléchargement est terminé",
  ["console.tell.sent"] = "Me prévenir quand un fichier arrive dans une boîte de dépôt",
  ["console.tell.failed"] = "Me prévenir quand quelque chose ne peut pas être partagé",
  ["console.tell.system"] = "Tant que cette page est ouverte, par une notification du navigateur.",
  ["console.tell.asks"] = "Tant que cette page est ouverte. Le navigateur demande s’il peut afficher " ..
    "des notifications ; sinon, la page vous prévient.",
  ["console.tell.denied"] = "Tant que cette page est ouverte, dans la page ; ce navigateur ne " ..
    "peut pas afficher de notifications.",
  ["console.tell.page"] = "Tant que cette page est ouverte, dans la page.",
  ["console.tell.many"] = { one = "{n} chose est arrivée", other = "{n} choses sont arrivées" },
  ["console.tell.without"] = "Par courriel, sur votre téléphone ou votre bureau, même sans page ouverte : c’est le " ..
    "rôle de l’extension notify. Une ligne de config.lua la charge :",
  ["console.schedule"] = "Limites de débit selon l’heure",
  ["console.schedule.without"] = "L’extension schedule limite ou suspend les envois selon l’heure et le " ..
    "jour. Une ligne de config.lua la charge :",
  ["console.diagnostics"] = "Diagnostic",
  ["console.diagnostics.copy"] = "Copier le diagnostic",
  ["console.diagnostics.what"] = "Pour signaler une anomalie. Ni nom de fichier, de dossier ou de " ..
    "personne, ni adresse, ni clé n’y figure.",
}
