-- What is said of downloads, in French.
return {
  ["downloads.nobody"] = "On ne connaît encore personne qui ait les fichiers. Recherche depuis {time}.",
  ["downloads.unreachable"] = {
    one = "La seule personne qui a peut-être les fichiers est injoignable. Essais depuis {time}.",
    other = "Aucune des {n} personnes qui ont peut-être les fichiers n’est joignable. Essais depuis {time}.",
  },
  ["downloads.metadata"] = {
    one = "On demande à {n} personne ce que contient le magnet.",
    other = "On demande à {n} personnes ce que contient le magnet.",
  },
  ["downloads.no_seed"] = {
    one = "{n} personne est connectée, mais n’a pas ce qui manque. Recherche depuis {time}.",
    other = "{n} personnes sont connectées, mais aucune n’a ce qui manque. Recherche depuis {time}.",
  },
  ["downloads.waiting"] = {
    one = "{n} personne qui a les fichiers est connectée, mais n’a rien envoyé depuis {time}.",
    other = "{n} personnes sont connectées, mais n’ont rien envoyé depuis {time}.",
  },
  ["downloads.link"] = "Le lien ne donne pas de réponse utile : {text}. Nouvel essai en cours.",
  ["downloads.no_space"] = "L’espace libre ne suffit pas : il faut {needed}, il reste {free}. " ..
    "Le téléchargement reprendra de lui-même.",
  ["downloads.failed"] = "{text}",
}
