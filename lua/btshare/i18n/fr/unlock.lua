-- Français : recevoir ce que partage un lien verrouillé.
return {
  ["cli.get.password.file"] = "D’un lien verrouillé : le fichier dont la première ligne est le mot de passe ; " ..
    "- désigne l’entrée standard.",
  ["cli.password.ask"] = "Mot de passe (non affiché) :",
  ["cli.password.empty"] = "{file} : ne contient aucun mot de passe",
  ["cli.password.how"] = "donnez-le avec --password-file FICHIER, ou lancez la commande dans un terminal, qui le " ..
    "demandera",
  ["cli.password.needless"] = "--password-file : seul un lien demande un mot de passe",
  ["cli.password.unread"] = "{file} : lecture impossible ({reason})",
  ["console.download.unlock"] = "Déverrouiller",
  ["console.download.unlock.ask"] = "Saisir le mot de passe…",
  ["console.download.unlock.busy"] = "Essai du mot de passe.",
  ["console.download.unlock.field"] = "Mot de passe du lien",
  ["console.download.unlock.title"] = "Lien verrouillé",
  ["console.download.unlock.what"] = "Ce lien demande un mot de passe. La personne qui vous l’a envoyé le connaît.",
  ["message.unlock.asked"] = "ce lien demande un mot de passe",
  ["message.unlock.wrong"] = "ce n’est pas le mot de passe de ce lien",
  ["message.unlock.throttled"] = "trop de mots de passe erronés ont été essayés",
  ["message.unlock.redirects"] = "renvoie à une autre adresse, qui ne reçoit pas le mot de passe ; demandez celle-là",
  ["message.unlock.inside"] = "source : contient un mot de passe, que d’autres verraient ; donnez-le à part",
  ["message.unlock.malformed"] = "mot de passe : il doit avoir de 1 à 1024 caractères, sans retour à la ligne",
  ["message.unlock.needless"] = "n’a besoin d’aucun mot de passe",
  ["message.unlock.only"] = "mot de passe : seul un lien en prend un",
}
