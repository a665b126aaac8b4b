-- English: sentences that tell of events, for messages that plugins send.
return {
  ["told.event.recipient-finished"] = "{who} has got {name}",
  ["told.event.download-finished"] = "{name} has been received",
  ["told.event.share-failed"] = "{name} cannot be shared: {reason}",
  ["told.event.share-expired"] = "{name} has reached its end",
  ["told.event.download-failed"] = "{name} has stopped: {reason}",
  ["told.event.notice"] = "{message}",

  ["message.told.more"] = "… and {count} more",
  ["message.told.several"] = "BTshare: {count} events",
}
