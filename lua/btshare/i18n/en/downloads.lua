-- What is said of downloads, in English.
return {
  ["downloads.nobody"] = "Nobody who has the files is known yet. Trying for {time}.",
  ["downloads.unreachable"] = {
    one = "The one person who may have the files cannot be reached. Trying for {time}.",
    other = "None of the {n} people who may have the files can be reached. Trying for {time}.",
  },
  ["downloads.metadata"] = {
    one = "Asking {n} person what the magnet holds.",
    other = "Asking {n} people what the magnet holds.",
  },
  ["downloads.no_seed"] = {
    one = "{n} person is connected, but does not have what is missing. Trying for {time}.",
    other = "{n} people are connected, but none of them has what is missing. Trying for {time}.",
  },
  ["downloads.waiting"] = {
    one = "{n} person who has the files is connected, but has not sent anything for {time}.",
    other = "{n} people are connected, but have not sent anything for {time}.",
  },
  ["downloads.link"] = "The link gives no answer that helps: {text}. Trying again.",
  ["downloads.no_space"] = "There is not enough room: {needed} are needed, {free} are free. It goes on by itself.",
  ["downloads.failed"] = "{text}",
}
