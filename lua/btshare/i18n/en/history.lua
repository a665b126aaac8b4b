-- The catalogue in English: what has happened.
return {
  ["history.share-created"] = { one = "{name} is shared ({n} file)", other = "{name} is shared ({n} files)" },
  ["history.share-ready"] = "{name} is ready for torrent apps, too",
  ["history.share-changed"] = "The files of {name} have changed; a new version is being prepared",
  ["history.share-missing"] = "{name} is not there any more",
  ["history.share-removed"] = "{name} is not shared any more",
  ["history.share-expired"] = "{name} has reached its end; its link is dead",
  ["history.share-failed"] = "{name} cannot be shared: {reason}",
  ["history.link-created"] = "A link to {name} was made for {link}",
  ["history.link-created.default"] = "A link to {name} was made",
  ["history.link-revoked"] = "{link}’s link to {name} was revoked",
  ["history.link-revoked.default"] = "The link to {name} was revoked and replaced by another",
  ["history.recipient-finished"] = "{who} has all of {name}",
  ["history.download-finished"] = "{name} has been received",
  ["history.download-failed"] = "{name} cannot be received: {reason}",
  ["history.notice"] = "{message}",
}
