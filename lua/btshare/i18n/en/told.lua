-- English: sentences for what plugins send: of events, and of what failed them.
return {
  ["told.event.recipient-finished"] = "{who} has got {name}",
  ["told.event.download-finished"] = "{name} has been received",
  ["told.event.share-failed"] = "{name} cannot be shared: {reason}",
  ["told.event.share-expired"] = "{name} has reached its end",
  ["told.event.download-failed"] = "{name} has stopped: {reason}",
  ["told.event.notice"] = "{message}",

  ["message.told.more"] = "… and {count} more",
  ["message.told.several"] = "BTshare: {count} events",

  ["message.process.absent"] = "there is no such program",
  ["message.process.denied"] = "may not be run",
  ["message.process.much"] = "wrote more than {count} bytes",
  ["message.process.slow"] = "did not end within {count} s",
  ["message.fs.much"] = "has more than {count} bytes",
  ["message.fs.names"] = "holds more than {count} names",
  ["message.fs.out"] = "leads out of its folder",
  ["message.fs.kind"] = "is not a file",
}
