-- French: sentences for what plugins send: of events, and of what failed them.
return {
  ["told.event.recipient-finished"] = "{who} a reçu {name} en entier",
  ["told.event.download-finished"] = "{name} est arrivé",
  ["told.event.share-failed"] = "{name} ne peut pas être partagé : {reason}",
  ["told.event.share-expired"] = "Le partage de {name} a pris fin",
  ["told.event.download-failed"] = "{name} s’est arrêté : {reason}",
  ["told.event.notice"] = "{message}",

  ["message.told.more"] = "… et {count} de plus",
  ["message.told.several"] = "BTshare : {count} événements",

  ["message.process.absent"] = "ce programme n’existe pas",
  ["message.process.denied"] = "ne peut pas être exécuté",
  ["message.process.much"] = "a écrit plus de {count} octets",
  ["message.process.slow"] = "n’a pas fini en {count} s",
  ["message.fs.much"] = "fait plus de {count} octets",
  ["message.fs.names"] = "contient plus de {count} noms",
  ["message.fs.out"] = "mène hors de son dossier",
  ["message.fs.kind"] = "n’est pas un fichier",
}
