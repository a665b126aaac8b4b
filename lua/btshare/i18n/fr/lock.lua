-- Français : les pages qui s’ouvrent avec un mot de passe, et les limites atteintes.
return {
  ["ask.title"] = "Un instant, s’il vous plaît",
  ["ask.sender"] = "L’expéditeur",
  ["ask.first"] =
    "{name} choisit qui entre et reçoit votre demande. Cette page s’ouvre d’elle-même ; elle a besoin des cookies.",
  ["ask.next"] = "{name} a reçu votre demande. Cette page s’ouvre d’elle-même.",
  ["ask.elsewhere"] = "L’expéditeur choisit qui entre. Ouvrez le lien dans un navigateur : la demande part de là.",
  ["lock.title"] = "Un mot de passe, s’il vous plaît",
  ["lock.next"] = "L’expéditeur a verrouillé cet envoi. La personne qui vous a envoyé le lien connaît le mot de passe.",
  ["lock.password"] = "Mot de passe",
  ["lock.open"] = "Ouvrir",
  ["lock.wrong"] = "Ce n’est pas le mot de passe.",
  ["lock.wrong.next"] = "Les majuscules et les minuscules comptent.",
  ["lock.throttled"] = "Trop de mots de passe erronés.",
  ["lock.throttled.next"] = { one = "Réessayez dans {n} seconde.", other = "Réessayez dans {n} secondes." },
  ["lock.blank"] = "MOTDEPASSE",
  ["lock.fill"] = "Écrivez le mot de passe à la place de {blank}.",
  ["lock.curl"] = "Avec curl : -u :MOTDEPASSE",
  ["trouble.full"] = "Une limite est atteinte.",
  ["trouble.full.next"] = "Réessayez plus tard.",
}
