-- English: what is said when the state database was damaged, and how its owner sees to it.
return {
  ["message.damage.found"] = "the state database was damaged ({reason})",
  ["message.damage.aside"] = "it was set aside as {path}",
  ["message.damage.copy"] = "its copy of {time} UTC ({age} before) took its place, so passwords, exposure, what was " ..
    "stopped, revoked links and tokens are as they were then",
  ["message.damage.unknown"] = "what the copy does not know is held back",
  ["message.damage.look"] = "please look at your shares, then say btshare confirm",
  ["message.damage.none"] = "there was no good copy of it, so a new one was begun",
  ["message.damage.lost"] = "passwords, exposure, what was stopped and when shares end are forgotten, named links " ..
    "and drop links are gone, and revoked links would work again",
  ["message.damage.all"] = "all that is found is held back until you share it again, one with btshare add FILE, all " ..
    "with btshare confirm",
  ["message.damage.held"] = "held back since the state database was damaged",
  ["message.damage.again"] = "share it again with btshare add FILE, or all with btshare confirm",
  ["message.damage.empty"] = "empty",
  ["message.damage.senseless"] = "holds values that make no sense",
  ["message.damage.place"] = "and nothing can take its place: {reason}",
  ["message.damage.ends"] = "BTshare ends, and its next start puts a copy in its place",

  ["cli.confirm"] = "share what is held back since the state database was damaged",
  ["cli.confirm.done"] = { one = "{n} share goes on.", other = "{n} shares go on." },
  ["cli.confirm.none"] = "Nothing is held back.",

  ["status.damage"] = "damaged",

  ["console.damage.confirm"] = "Share all that is held back",
  ["console.damage.title"] = "Share all of it again?",
  ["console.damage.text"] = "Who has a link can open what is held back, also where there was a password before. " ..
    "Passwords and exposure can be set first.",
  ["console.damage.done"] = "All is shared as it says",
}
