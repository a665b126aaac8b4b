-- French: the commands for people who write and run plugins.
return {
  ["cli.word.options"] = "OPTIONS",
  ["cli.word.plugin"] = "NOM|FICHIER",

  ["cli.plugin"] = "créer, vérifier, tester, lister ou recharger des extensions",
  ["cli.plugin.action"] = "new NOM : écrire le début d’une extension.\ncheck FICHIER : dire ce qui ne va pas.\n" ..
    "test [FICHIER] : lancer ses tests, ou tous ceux de ce dossier.\nlist : montrer celles qui tournent.\n" ..
    "reload NOM : en recharger une.",
  ["cli.plugin.name"] = "Le nom de l’extension, ou son fichier.",
  ["cli.plugin.in"] = "new : écrire dans ce dossier plutôt que dans celui de vos extensions.",
  ["cli.plugin.options"] = "check : les options de l’extension comme dans config.lua, par exemple 'after=\"2h\"'.",
  ["cli.plugin.json"] = "list : afficher du JSON.",
  ["cli.plugin.misplaced"] = "{option} va avec btshare plugin {action}",
  ["cli.plugin.nameless"] = "btshare plugin {action} : de quelle extension ?",
  ["cli.plugin.named"] = "btshare plugin {action} : ne prend pas de nom",
  ["cli.plugin.no.file"] = "{file} : ce fichier n’existe pas",
  ["cli.plugin.no.name"] = "{file} : le fichier d’une extension s’appelle NOM.lua ; " ..
    "le nom est fait de lettres, de chiffres, de « - » et de « _ »",

  ["cli.plugin.new.exists"] = "{file} : existe déjà",
  ["cli.plugin.new.shipped"] = "{name} : une extension de ce nom est fournie avec BTshare",
  ["cli.plugin.new.no.folder"] = "{folder} : ce dossier n’existe pas et ne peut pas être créé",
  ["cli.plugin.new.unwritten"] = "{file} : ne peut pas être écrit ({reason})",
  ["cli.plugin.new.next"] = "Ensuite : btshare plugin test {path}\n" ..
    "Quand elle fait ce que vous voulez, écrivez plugin \"{name}\" dans config.lua, puis : btshare reload",

  ["cli.plugin.check.ok"] = "rien à redire",
  ["cli.plugin.check.warning"] = "attention : {message}",
  ["cli.plugin.check.questions"] = "répond à",
  ["cli.plugin.check.facts"] = "apprend",
  ["cli.plugin.check.routes"] = "adresses",
  ["cli.plugin.check.panels"] = "panneaux",
  ["cli.plugin.check.commands"] = "commandes",
  ["cli.plugin.check.timers"] = "minuteries",
  ["cli.plugin.check.public"] = "{route} (public)",
  ["cli.plugin.check.console"] = "{route} (console, {scope})",
  ["cli.plugin.check.every"] = "chaque fois après {period}",

  ["cli.plugin.test.none"] = "aucun test ici : btshare plugin test FICHIER nomme une extension",
  ["cli.plugin.test.passed"] = { one = "{n} test réussi", other = "{n} tests réussis" },
  ["cli.plugin.test.failed"] = { one = "{n} test sur {total} a échoué", other = "{n} tests sur {total} ont échoué" },

  ["cli.plugin.reload.done"] = "{name} : rechargée",
}
