-- French: the settings, as the console shows them.
return {
  ["settings.name"] = "Votre nom",
  ["settings.name.about"] = "Ce que les destinataires voient comme expéditeur.",
  ["settings.web_seed"] = "Téléchargement direct dans les torrents",
  ["settings.web_seed.about"] = "Les torrents peuvent-ils aussi prendre sur cette machine par HTTP ? auto : " ..
    "dans les fichiers .torrent ; oui : dans les liens magnet aussi.",
  ["settings.ignore"] = "Noms à laisser de côté",
  ["settings.ignore.about"] = "Des motifs comme *.bak. Les fichiers et dossiers qui portent un tel nom ne sont " ..
    "pas partagés.",
  ["settings.trackers"] = "Autres traqueurs",
  ["settings.trackers.about"] = "Seuls les partages publics y sont annoncés.",
  ["settings.limits.up"] = "Limite d’envoi",
  ["settings.limits.up.about"] = "Pour tout ce qui est envoyé, ensemble. 0 : pas de limite.",
  ["settings.limits.down"] = "Limite de réception",
  ["settings.limits.down.about"] = "Pour tout ce qui est reçu, ensemble. 0 : pas de limite.",
  ["settings.obfuscation"] = "Brouillage",
  ["settings.obfuscation.about"] = "Rend le trafic BitTorrent plus difficile à reconnaître. Il ne cache ni ce " ..
    "qui est partagé, ni avec qui.",
  ["settings.map_ports"] = "Demander à la box",
  ["settings.map_ports.about"] = "Demande à votre box d’ouvrir les ports, pour qu’on puisse vous joindre de " ..
    "l’extérieur.",
  ["settings.torrent.connections_limit"] = "Connexions",
  ["settings.torrent.connections_limit.about"] = "Combien de personnes peuvent être connectées par BitTorrent " ..
    "en même temps.",
  ["settings.port"] = "Port BitTorrent",
  ["settings.port.about"] = "0 : choisi une fois pour toutes.",
  ["settings.public"] = "Adresse publique",
  ["settings.public.about"] = "Où les destinataires trouvent les pages et les fichiers : une adresse de cette " ..
    "machine et un port.",
  ["settings.console"] = "Adresse de la console",
  ["settings.console.about"] = "Où se trouve cette console. Seul config.lua peut la rendre visible ailleurs que " ..
    "sur cette machine.",
  ["settings.allowed_hosts"] = "Noms de cette console",
  ["settings.allowed_hosts.about"] = "Par lesquels un proxy ou vous pouvez l’appeler, outre localhost. Seul " ..
    "config.lua " ..
    "les fixe.",
  ["settings.trusted_proxies"] = "Proxys de confiance",
  ["settings.trusted_proxies.about"] = "Les adresses que l’on croit quand elles disent pour qui elles " ..
    "demandent. Seul " ..
    "config.lua les fixe.",
  ["settings.sandbox"] = "Verrou d’écriture",
  ["settings.sandbox.about"] = "Empêche BTshare d’écrire dans vos dossiers. Seul config.lua peut le lever.",
  ["settings.uploads"] = "Dossier des fichiers déposés",
  ["settings.uploads.about"] = "Le seul dossier où BTshare peut écrire. Seul config.lua peut le nommer.",
}
