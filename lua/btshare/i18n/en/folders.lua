-- English: what is said of folders and addresses that a configuration names.
return {
  ["message.folders.awaited"] = "looking for it every {seconds} s",
  ["message.folders.cache"] = "holds BTshare's own cache, {cache}; share another folder",
  ["message.folders.cache.part"] = "is part of BTshare's own cache",
  ["message.folders.downloads"] = "cannot be shared beside {folder}, where BTshare saves downloads; choose another " ..
    "folder for those with downloads = \"~/Dir\" in config.lua",
  ["message.folders.inbox"] = "cannot be shared beside {folder}, where BTshare keeps what others send; choose " ..
    "another folder for that with inbox = \"~/Dir\" in config.lua",
  ["message.folders.dropless"] = "is not a folder that is there; nothing can be dropped",
  ["message.folders.uploads"] = "cannot be shared beside {folder}, where BTshare stores what is dropped; choose " ..
    "another folder for that with uploads = \"~/Dir\" in config.lua",
  ["message.reach.loopback.console"] = "no, BTshare listens on this machine only (public, set in the console)",
  ["message.reach.loopback.flag"] = "no, BTshare listens on this machine only (--public)",
}
