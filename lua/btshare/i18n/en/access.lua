-- English: what the console's address says where there is no console yet.
return {
  ["access.absent"] = "BTshare runs. Its console was not built.",
  ["access.absent.how"] = "The page that belongs here needs npm once, while BTshare is built. Install Node.js with " ..
    "npm, then build BTshare again:",
  ["access.absent.meanwhile"] = "Everything works without it. In a terminal:",
}
