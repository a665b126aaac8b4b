-- English: what plugins show on the public pages.
return {
  ["preview"] = "Preview",
  ["preview.back"] = "Back to the page",
  ["preview.none"] = "A browser cannot show this file here. Download it.",
  ["page.about"] = "About it",
  ["page.yes"] = "yes",
  ["page.no"] = "no",

  ["list.title"] = "Shared here",
  ["list.page"] = "Page {page} of {pages}",
  ["list.previous"] = "Previous",
  ["list.next"] = "Next",
  ["list.more_at"] = "More: {address}",
  ["list.shares"] = { one = "{n} share", other = "{n} shares" },
}
