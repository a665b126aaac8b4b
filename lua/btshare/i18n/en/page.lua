-- English: what plugins show on the public pages.
return {
  ["page.about"] = "About it",
  ["page.yes"] = "yes",
  ["page.no"] = "no",
}
