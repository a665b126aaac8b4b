-- Le catalogue en français. The spaces before : ; ! ? and % are made unbreakable below.
local texts = {
  percent = "{value} %",
  language = "Langue",
  skip = "Aller au téléchargement",
  home = "BTshare",

  files = { one = "{n} fichier", other = "{n} fichiers" },
  from = "de la part de {name}",
  download = "Télécharger",
  ["download.zip"] = "Un seul fichier ZIP. Un téléchargement interrompu reprend là où il s’est arrêté.",
  ["download.zip.once"] = "Un seul fichier ZIP. Tant que les fichiers sont en cours de lecture, un téléchargement " ..
    "interrompu recommence du début.",
  ["download.file"] = "Un téléchargement interrompu reprend là où il s’est arrêté.",
  ["download.empty"] = "Il n’y a rien dedans.",
  ["download.tar"] = "Ou un fichier TAR",
  torrent = "Fichier .torrent",
  magnet = "Ouvrir dans un logiciel torrent",
  faster = "Plus rapide quand beaucoup de monde télécharge en même temps.",
  what = "Qu’est-ce que c’est ?",
  ["what.how"] = "Un logiciel torrent reçoit des morceaux des fichiers de tous ceux qui les ont déjà, et les " ..
    "transmet à son tour : plus on est nombreux à télécharger, plus c’est rapide pour chacun.",
  ["what.safe"] = "Il vérifie chaque morceau et reprend là où il s’est arrêté, même des jours après.",
  ["what.apps"] = "N’importe quel logiciel torrent convient, Transmission ou qBittorrent par exemple ; sinon, " ..
    "utilisez le grand bouton.",
  ["magnet.public"] = "Votre logiciel torrent peut chercher ce lien dans la DHT publique. Télécharger ici, ou " ..
    "un partage réglé sur privé, évite cela.",
  ["torrent.preparing"] = "Préparation du torrent : {percent}",
  ["torrent.later"] = "Vous pouvez déjà télécharger. Cette page s’actualise toute seule.",
  changed = "Les fichiers viennent de changer. Ce que vous téléchargez maintenant est la nouvelle version.",
  ["list.more"] = {
    one = "{n} autre fichier se trouve dans le téléchargement.",
    other = "{n} autres fichiers se trouvent dans le téléchargement.",
  },
  until_ = "Disponible jusqu’au {moment}",
  complete = { one = "{n} personne l’a en entier", other = "{n} personnes l’ont en entier" },
  ["downloads.left"] = {
    one = "Encore {n} téléchargement possible avec ce lien",
    other = "Encore {n} téléchargements possibles avec ce lien",
  },
  qr = "Scannez pour ouvrir cette page sur un téléphone",
  ["qr.image"] = "Code QR de l’adresse {address}",
  ["footer.direct"] = "Vient directement de l’ordinateur de l’expéditeur, avec BTshare.",
  ["page.title"] = "{name} · BTshare",
  ["page.summary"] = "{files}, {size}",

  ["trouble.missing"] = "Ce lien ne fonctionne pas, ou plus.",
  ["trouble.missing.next"] = "Demandez à la personne qui vous l’a envoyé.",
  ["trouble.changed"] = "Ce fichier a changé.",
  ["trouble.changed.next"] = "Revenez à la page pour avoir la nouvelle version.",
  ["trouble.gone"] = "Ceci n’est plus là.",
  ["trouble.gone.next"] = "L’expéditeur l’a déplacé ou supprimé. S’il revient, ce lien fonctionnera de nouveau.",
  ["trouble.offline"] = "Le disque de l’expéditeur n’est pas connecté.",
  ["trouble.offline.next"] = "Réessayez plus tard.",
  ["trouble.busy"] = "Beaucoup de monde télécharge.",
  ["trouble.busy.next"] = "Réessayez dans une demi-minute.",
  ["trouble.settling"] = "Un instant, s’il vous plaît.",
  ["trouble.settling.next"] = "L’ordinateur de l’expéditeur vient de démarrer et parcourt ses fichiers. Cette " ..
    "page s’ouvrira toute seule.",
  ["trouble.paused"] = "L’expéditeur a mis cet envoi en pause.",
  ["trouble.paused.next"] = "Réessayez plus tard : ce lien refonctionnera dès la reprise.",
  ["trouble.preparing"] = "Le torrent n’est pas encore prêt.",
  ["trouble.preparing.next"] = "Réessayez dans un instant, ou téléchargez sans lui.",
  ["trouble.failed"] = "Ceci ne peut pas être envoyé pour le moment.",
  ["trouble.failed.next"] = "Prévenez la personne qui vous a envoyé le lien.",
  ["trouble.denied"] = "L’expéditeur ne permet pas d’ouvrir ce lien.",
  ["trouble.denied.next"] = "Demandez à la personne qui vous l’a envoyé.",
  ["trouble.method"] = "Cette adresse ne s’utilise pas ainsi.",
  ["trouble.method.next"] = "Ouvrez-la dans un navigateur.",

  ["root.title"] = "BTshare fonctionne ici.",
  ["root.what"] = "Quelqu’un partage des fichiers depuis cet ordinateur. Chaque partage a son propre lien ; il " ..
    "n’y en a pas de liste.",
  ["root.next"] = "Si vous avez reçu un lien, ouvrez-le en entier.",

  ["plain.curl"] = "Télécharger avec curl :",
  ["plain.wget"] = "Télécharger avec wget ; relancez la commande pour reprendre après une interruption :",
  ["plain.wget.once"] = "Télécharger avec wget ; tant que les fichiers sont en cours de lecture, un téléchargement " ..
    "interrompu recommence du début :",
  ["plain.torrent"] = "Plus rapide quand beaucoup de monde télécharge en même temps :",
}

for _, area in ipairs(require "btshare.i18n.areas") do
  for key, text in pairs(require("btshare.i18n.fr." .. area)) do texts[key] = text end
end

local function bind(text)
  return (text:gsub(" ([:;!?%%»])", "\u{A0}%1"):gsub("« ", "«\u{A0}"))
end

for key, text in pairs(texts) do
  if type(text) == "table" then
    texts[key] = { one = bind(text.one), other = bind(text.other) }
  else
    texts[key] = bind(text)
  end
end

return {
  name = "Français",
  texts = texts,
  plural = function(n) return n < 2 and "one" or "other" end,
  months = {
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
  },
  date = "{day} {month} {year} à {hour}:{minute} ({zone})",
  short_date = "{dd}/{mm}/{year} {hour}:{minute}",
  first_day = "1er",
  day = "j",
  decimal = ",",
  thousands = "\u{A0}",
  unit = { B = "o", kB = "Ko", MB = "Mo", GB = "Go", TB = "To", PB = "Po", EB = "Eo" },
  terminal_space = "\u{A0}",
  before_joint = "\u{A0}",
}
