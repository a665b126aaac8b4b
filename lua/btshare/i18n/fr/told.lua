-- French: sentences that tell of events, for messages that plugins send.
return {
  ["told.event.recipient-finished"] = "{who} a reçu {name} en entier",
  ["told.event.download-finished"] = "{name} est arrivé",
  ["told.event.share-failed"] = "{name} ne peut pas être partagé : {reason}",
  ["told.event.share-expired"] = "Le partage de {name} a pris fin",
  ["told.event.download-failed"] = "{name} s’est arrêté : {reason}",
  ["told.event.notice"] = "{message}",

  ["message.told.more"] = "… et {count} de plus",
  ["message.told.several"] = "BTshare : {count} événements",
}
