-- French: what the console's address says where there is no console yet.
return {
  ["access.absent"] = "BTshare fonctionne. Sa console n’a pas été construite.",
  ["access.absent.how"] = "La page qui devrait s’afficher ici a besoin de npm, une seule fois, pendant la " ..
    "construction de BTshare. Installez Node.js avec npm, puis construisez BTshare de nouveau :",
  ["access.absent.meanwhile"] = "Tout fonctionne aussi sans elle. Dans un terminal :",
}
