-- French: the commands for people who write and run plugins.
return {
  ["cli.word.options"] = "OPTIONS",
  ["cli.word.plugin"] = "NOM|FICHIER",

  ["cli.plugin"] = "écrire, vérifier, tester, lister ou relire des greffons",
  ["cli.plugin.action"] = "new NOM écrit le début d’un greffon ; check FICHIER dit ce qui ne va pas ; " ..
    "test [FICHIER] lance ses tests ; list montre ceux qui tournent ; reload NOM en relit un.",
  ["cli.plugin.name"] = "Le nom du greffon, ou son fichier.",
  ["cli.plugin.in"] = "new : écrire dans ce dossier plutôt que dans celui de vos greffons.",
  ["cli.plugin.options"] = "check : les options du greffon comme dans config.lua, par exemple 'after=\"2h\"'.",
  ["cli.plugin.json"] = "list : afficher du JSON.",
  ["cli.plugin.misplaced"] = "{option} va avec btshare plugin {action}",
  ["cli.plugin.nameless"] = "btshare plugin {action} : de quel greffon ?",
  ["cli.plugin.named"] = "btshare plugin {action} : ne prend pas de nom",
  ["cli.plugin.no.file"] = "{file} : ce fichier n’existe pas",
  ["cli.plugin.no.name"] = "{file} : le fichier d’un greffon s’appelle NOM.lua ; " ..
    "le nom est fait de lettres, de chiffres, de « - » et de « _ »",

  ["cli.plugin.new.exists"] = "{file} : existe déjà",
  ["cli.plugin.new.shipped"] = "{name} : un greffon de ce nom est fourni avec BTshare",
  ["cli.plugin.new.no.folder"] = "{folder} : ce dossier n’existe pas et ne peut pas être créé",
  ["cli.plugin.new.unwritten"] = "{file} : ne peut pas être écrit ({reason})",
  ["cli.plugin.new.next"] = "Ensuite : btshare plugin test {path}\n" ..
    "Quand il fait ce que vous voulez, écrivez plugin \"{name}\" dans config.lua, puis : btshare reload",

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

  ["cli.plugin.test.none"] = "aucun test ici : btshare plugin test FICHIER nomme un greffon",
  ["cli.plugin.test.passed"] = { one = "{n} test réussi", other = "{n} tests réussis" },
  ["cli.plugin.test.failed"] = { one = "{n} test sur {total} a échoué", other = "{n} tests sur {total} ont échoué" },

  ["cli.plugin.list.off"] = "arrêté : {reason}",
  ["cli.plugin.reload.done"] = "{name} : relu",
}
