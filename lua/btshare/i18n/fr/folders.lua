-- French: what is said of folders and addresses that a configuration names.
return {
  ["message.folders.awaited"] = "le cherche toutes les {seconds} s",
  ["message.folders.cache"] = "contient le cache de BTshare, {cache} ; partagez un autre dossier",
  ["message.folders.cache.part"] = "fait partie du cache de BTshare",
  ["message.folders.downloads"] = "ne peut être partagé à côté de {folder}, où BTshare enregistre les " ..
    "téléchargements ; choisissez-leur un autre dossier avec downloads = \"~/Dir\" dans config.lua",
  ["message.folders.inbox"] = "ne peut être partagé à côté de {folder}, où BTshare garde ce que d’autres envoient ; " ..
    "choisissez un autre dossier pour cela avec inbox = \"~/Dir\" dans config.lua",
  ["message.folders.dropless"] = "n’est pas un dossier qui existe ; rien ne peut être déposé",
  ["message.folders.uploads"] = "ne peut être partagé à côté de {folder}, où BTshare range ce que l’on dépose ; " ..
    "choisissez un autre dossier pour cela avec uploads = \"~/Dir\" dans config.lua",
  ["message.reach.loopback.console"] = "non, BTshare n’écoute que sur cette machine (public, réglé dans la console)",
  ["message.reach.loopback.flag"] = "non, BTshare n’écoute que sur cette machine (--public)",
}
