-- French: what is said when the state database was damaged, and how its owner sees to it.
return {
  ["message.damage.found"] = "la base de données d’état était endommagée ({reason})",
  ["message.damage.aside"] = "elle a été mise de côté sous {path}",
  ["message.damage.copy"] = "sa copie du {time} UTC ({age} avant) a pris sa place : les mots de passe, la " ..
    "visibilité, ce qui était arrêté, les liens et les jetons révoqués sont donc comme à ce moment-là",
  ["message.damage.unknown"] = "ce que la copie ne connaît pas est retenu",
  ["message.damage.look"] = "vérifiez vos partages, puis lancez btshare confirm",
  ["message.damage.none"] = "il n’y en avait pas de bonne copie, une nouvelle a donc été commencée",
  ["message.damage.lost"] = "les mots de passe, la visibilité, ce qui était arrêté et les fins de partage sont " ..
    "oubliés, les liens nommés et les liens de dépôt sont perdus, et les liens révoqués marcheraient de nouveau",
  ["message.damage.all"] = "tout ce qui est trouvé est retenu jusqu’à ce que vous le partagiez de nouveau, un seul " ..
    "avec btshare add FICHIER, tout avec btshare confirm",
  ["message.damage.held"] = "retenu depuis que la base de données d’état a été endommagée",
  ["message.damage.again"] = "partagez-le de nouveau avec btshare add FICHIER, ou tout avec btshare confirm",
  ["message.damage.empty"] = "vide",
  ["message.damage.senseless"] = "contient des valeurs qui n’ont pas de sens",
  ["message.damage.place"] = "et rien ne peut prendre sa place : {reason}",
  ["message.damage.ends"] = "BTshare s’arrête, et son prochain démarrage mettra une copie à sa place",

  ["cli.confirm"] = "partager ce qui est retenu depuis que la base d’état a été endommagée",
  ["cli.confirm.done"] = { one = "{n} partage reprend.", other = "{n} partages reprennent." },
  ["cli.confirm.none"] = "Rien n’est retenu.",

  ["status.damage"] = "endommagée",

  ["console.damage.confirm"] = "Partager tout ce qui est retenu",
  ["console.damage.title"] = "Tout partager de nouveau ?",
  ["console.damage.text"] = "Qui a un lien pourra ouvrir ce qui est retenu, même là où il y avait un mot de passe. " ..
    "Mots de passe et visibilité peuvent être réglés avant.",
  ["console.damage.done"] = "Tout est partagé comme indiqué",
}
