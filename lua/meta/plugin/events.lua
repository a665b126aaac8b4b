---@meta
-- What events carry. Made by scripts/plugin_events.lua out of lua/btshare/catalog; to be changed there.

---A share, as the API shows it.
---@class btshare.event.share_table
---@field id string what it is known by; stays when its file is renamed
---@field name string the name of its file or folder
---@field title string? what its page calls it, where that is not its name
---@field description string? what its page says of it, plain text
---@field kind string "file" or "folder"
---@field size integer bytes
---@field files integer how many files it has
---@field state string settling, preparing, ready, changed, missing, paused, expired or failed
---@field reason string? why it is missing or failed, in words
---@field progress number? 0 to 1, while it is being hashed
---@field exposure string link, private, public or http
---@field info_hash string? of its torrent, in hex; absent before there is one
---@field magnet string? its magnet; absent where it cannot be had
---@field link string? URL of its page; absent once it has ended
---@field torrent string? URL of its .torrent
---@field created integer when it was shared, seconds since 1970
---@field changed integer when its files changed last, seconds since 1970
---@field expires integer? when it ends, seconds since 1970
---@field limits table? up: bytes a second that it may send, where it has a limit of its own
---@field listed boolean? whether lists that others can read name it, where that was chosen for it
---@field revision integer counts what its owner chose for it
---@field root string the shared folder that it is in, an absolute path
---@field path string its own absolute path

---One of the links of a share.
---@class btshare.event.link_table
---@field id string what it is known by; that of the share's own link is the share's id
---@field name string? whom it is for; absent for the share's own link

---Somebody who fetches a share, as far as it can be told.
---@class btshare.event.recipient_table
---@field id string what it is known by
---@field name string? of the named link by which it came
---@field link string id of the link by which it came; the share's own where that is not known
---@field way string "torrent", "direct" (HTTP) or "web-seed"
---@field client string? what it calls itself
---@field address string its IP address
---@field where string "here", "local" or "internet"
---@field progress number? 0 to 1, how much of the share it has
---@field up_rate integer bytes a second that it gets from us
---@field sent integer bytes that it got from us
---@field left_seconds integer? how long it still takes, as it looks now
---@field since integer when it came, seconds since 1970
---@field last integer when it was seen last, seconds since 1970
---@field state string "active", "done" or "gone"
---@field finished integer? when it had it all, seconds since 1970

---Something that is being received, as the API shows it.
---@class btshare.event.download_table
---@field id string what it is known by
---@field name string of its file or folder, as far as it is known
---@field state string fetching, choosing, checking, downloading, stalled, paused, no-space, finished, sharing or failed
---@field reason table? why it does not move: key, values and text, and said in each language
---@field size integer? bytes of all its files, once they are known
---@field wanted integer? bytes that are wanted of it
---@field done integer bytes that are there
---@field progress number 0 to 1
---@field down_rate integer bytes a second
---@field up_rate integer bytes a second
---@field left_seconds integer? how long it still takes, as it looks now
---@field people integer peers that are connected
---@field folder string where it is saved, an absolute path
---@field files integer? how many files it has, once they are known
---@field created integer when it was added, seconds since 1970
---@field finished integer? when all that was wanted was there, seconds since 1970
---@field share_after boolean whether it is shared once it is there
---@field paused boolean whether it is paused
---@field revision integer counts its changes
---@field locked boolean? whether it failed for want of the password that its link asks for
---@field source string "magnet", "torrent" or "link"
---@field address string? of a link: itself
---@field info_hash string? of its torrent, in hex

---A drop box: a link through which others send files.
---@class btshare.event.box_table
---@field id string what it is known by
---@field title string? what its owner calls it
---@field link string? URL of its page
---@field created integer when it was made, seconds since 1970
---@field expires integer? when its link ends, seconds since 1970
---@field is_open boolean whether its owner lets files in

---A drop box was closed or deleted by its owner.
---@class btshare.event.box_closed
---@field box btshare.event.box_table as it is then
---@field deleted integer? where it was deleted: how many files that were not accepted went with it

---There is one more drop box.
---@class btshare.event.box_created
---@field box btshare.event.box_table as it is then

---A drop box that was closed takes files again.
---@class btshare.event.box_opened
---@field box btshare.event.box_table as it is then

---May this download begin?
---@class btshare.event.download_add
---@field source string the magnet, the link, or the name in the .torrent
---@field folder string? where it is to be saved, an absolute path; absent: in the folder for downloads; may be set

---Something is being received.
---@class btshare.event.download_added
---@field download btshare.event.download_table as it is then

---A download has stopped and does not go on by itself.
---@class btshare.event.download_failed
---@field download btshare.event.download_table as it is then
---@field reason string why, in words

---All that was wanted of a download is there.
---@class btshare.event.download_finished
---@field download btshare.event.download_table as it is then

---A download has more than before. Told at most every two seconds of each.
---@class btshare.event.download_progress
---@field download btshare.event.download_table as it is then

---A download is off the list.
---@class btshare.event.download_removed
---@field download btshare.event.download_table as it is then

---A file or folder is not shared.
---@class btshare.event.entry_skipped
---@field root string the shared folder that it is in
---@field path string its path in that folder
---@field reason string why, in words

---May a share get this link?
---@class btshare.event.link_create
---@field share btshare.event.share_table as it is then
---@field name string whom it is for
---@field expires integer? when it ends, seconds since 1970; can only become sooner; may be set
---@field limit integer? downloads after which it ends

---A share has one more link.
---@class btshare.event.link_created
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the new one
---@field expires integer? when it ends, seconds since 1970
---@field limit integer? downloads after which it ends

---A link is dead. In place of a share's own link there is another one.
---@class btshare.event.link_revoked
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the dead one

---Something that the owner should read.
---@class btshare.event.notice
---@field level string "error", "warning", "info" or "debug"
---@field message string what it is, in words

---What is the page of a share to say?
---@class btshare.event.page_show
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string the visitor's IP address
---@field title string? the page's heading; may be set
---@field note string? plain text under the heading; may be set
---@field markdown string? text in Markdown, shown below the files; no HTML; may be set

---Somebody was shown the page of a share.
---@class btshare.event.page_viewed
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string the visitor's IP address
---@field agent string? what the visitor's program calls itself (User-Agent)

---May this plugin be loaded?
---@class btshare.event.plugin_load
---@field name string of the plugin
---@field path string of its file, absolute

---A plugin is loaded and runs.
---@class btshare.event.plugin_loaded
---@field name string of the plugin

---The new form of a plugin has taken the place of the old.
---@class btshare.event.plugin_reloaded
---@field name string of the plugin

---A plugin made too many errors and runs no more; the questions that it answered are answered with no until it is reloaded or unloaded.
---@class btshare.event.plugin_set_aside
---@field name string of the plugin
---@field reason string its last error

---A plugin is unloaded; all that it did is undone.
---@class btshare.event.plugin_unloaded
---@field name string of the plugin

---Whether others can reach us from the internet has changed, as far as it can be told.
---@class btshare.event.reachability_changed
---@field state string reached, mapped, partly, direct, shared, closed, refused, asking or off
---@field sentence string the same in words
---@field addresses table[] tables of address, scope, from, torrent and public: where we can be reached

---A torrent client has announced itself to our tracker.
---@class btshare.event.recipient_announced
---@field share btshare.event.share_table as it is then
---@field address string IP address
---@field port integer where it listens
---@field peer string? its peer id in hex
---@field action string "started", "stopped", "completed" or ""
---@field left integer? bytes that it does not have yet
---@field link string? the name of the link by which it came, absent for the share's own

---A torrent client has connected. Who comes again within ten minutes is not told again.
---@class btshare.event.recipient_connected
---@field share btshare.event.share_table as it is then
---@field address string IP address
---@field client string? what it calls itself

---A recipient has it all. Told once for each version of the share.
---@class btshare.event.recipient_finished
---@field share btshare.event.share_table as it is then
---@field who string the named link, or the address
---@field way string? "http"; absent: by torrent
---@field link string? the name of the link by which it came, absent for the share's own

---A recipient has more than before. Told at most every two seconds of each.
---@class btshare.event.recipient_progress
---@field share btshare.event.share_table as it is then
---@field recipient btshare.event.recipient_table as it is then

---The configuration has been read again, or settings were changed in the console.
---@class btshare.event.reloaded

---A shared folder has been read through.
---@class btshare.event.scan_finished
---@field root string the shared folder
---@field shares integer shares found
---@field skipped integer entries that are not shared

---Is somebody let in who waits at the page? Asked again every five seconds of each, while the page is open, where share-open was answered with the code "ask". A handler answers true to let them in; no with the code "ask" has them wait on; any other no turns them away, and its reason is shown.
---@class btshare.event.share_ask
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string the visitor's IP address
---@field visit string the same for the same browser at the same link; nobody else knows it
---@field agent string? what the visitor's program calls itself (User-Agent)
---@field grant string? up to 32 letters, digits, - and _ that come back at each share-open of this visitor; not set: btshare.passwords.mark of the visit; may be set

---The files of a share have changed; a new version is under way. Its link stays.
---@class btshare.event.share_changed
---@field share btshare.event.share_table as it is then

---May this file or folder become a share?
---@class btshare.event.share_create
---@field root string the shared folder that it is in, an absolute path
---@field name string what its page is to call it; the name of its file does not change; may be set
---@field kind string "file" or "folder"
---@field size integer bytes
---@field path string its absolute path
---@field exposure string link, private, public or http; can only become stricter; may be set
---@field expires integer? when it ends, seconds since 1970; can only become sooner; may be set
---@field description string? what its page says of it, plain text; may be set

---A share has got its link, which works from now on. Told of every known share after a start, too.
---@class btshare.event.share_created
---@field share btshare.event.share_table as it is then
---@field from_restore boolean true where BTshare knew it before and only takes it up again, after a start or a reload; told in the background after `started`, for each share in order, and never of one that has ended meanwhile

---A share has reached its end; its links are dead.
---@class btshare.event.share_expired
---@field share btshare.event.share_table as it is then
---@field reason string? why, in words, where whoever ended it said

---A share cannot be shared.
---@class btshare.event.share_failed
---@field share btshare.event.share_table as it is then
---@field reason string why, in words

---The files of a share have gone. It is ready again when they are back.
---@class btshare.event.share_missing
---@field share btshare.event.share_table as it is then

---May somebody open this link? Asked before anything of a share is told or sent, and again every two seconds of those who are in. The code "password" of a no has the visitor asked for one; "ask" has them wait there, see share-ask; "gone" says that it is over, "full" that it may open again later; "missing" answers as if the link had never been, without a reason. The reason is shown to the visitor; as a table, { en = "…", fr = "…" }, in the language of the page.
---@class btshare.event.share_open
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string the visitor's IP address
---@field purpose string "page", "file", "archive", "torrent", "magnet", "announce", "scrape" or "web-seed"
---@field grant string? what was set at share-unlock or share-ask, by which this visitor was let in; several, with dots between, where several plugins did: see btshare.passwords.holds

---A share is being hashed.
---@class btshare.event.share_progress
---@field share btshare.event.share_table as it is then
---@field done integer bytes hashed so far
---@field bytes integer bytes in all

---A share has its magnet and .torrent.
---@class btshare.event.share_ready
---@field share btshare.event.share_table as it is then
---@field hash_seconds number how long hashing took; 0 where its hashes were known
---@field bytes integer bytes that were read for it
---@field from_restore boolean true where BTshare knew it before and only takes it up again, after a start or a reload; told in the background after `started`, for each share in order, and never of one that has ended meanwhile

---May this share be removed?
---@class btshare.event.share_remove
---@field share btshare.event.share_table as it is then
---@field who string who wants it removed

---A share has been removed; its links are dead.
---@class btshare.event.share_removed
---@field share btshare.event.share_table as it is then
---@field reason string "stopped" by its owner, "folder" where its folder is shared no more, or "forgotten" where its file has been gone for 30 days

---Does this password open the share? Asked only where share-open was answered with the code "password". A handler that knows the password answers true; no answer is no.
---@class btshare.event.share_unlock
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string the visitor's IP address
---@field password string what the visitor gave
---@field by_owner boolean? true: the owner of this BTshare wants to let somebody in without the password, which is empty then, as is the address; set the grant, and answer true
---@field grant string? up to 32 letters, digits, - and _ that come back at each share-open of this visitor; not set: btshare.passwords.mark of the password; may be set

---The owner has changed what holds for a share: paused, its end, exposure, limit or torrent.
---@class btshare.event.share_updated
---@field share btshare.event.share_table as it is then

---BTshare is ready.
---@class btshare.event.started
---@field console string the console's URL
---@field key_url string the same with a one-time key, which logs in whoever opens it first, for half an hour
---@field public string the URL of the public side
---@field port integer the BitTorrent port
---@field only_here string? why nobody but this machine can open the links; absent where others can

---Nobody is let in any more, and plugins are unloaded next. A handler that waits is not gone on with.
---@class btshare.event.stopped
---@field reason string why, in words

---BTshare is about to end; everything still works.
---@class btshare.event.stopping
---@field reason string why, in words
---@field exit_code integer? what the program ends with, where it was not told to end

---The torrent of a share is in the swarm.
---@class btshare.event.torrent_added
---@field share btshare.event.share_table as it is then
---@field info_hash string of the torrent, in hex

---The torrent of a share has left the swarm: it was paused or changed, or is gone or over.
---@class btshare.event.torrent_removed
---@field share btshare.event.share_table as it is then
---@field info_hash string of the torrent, in hex

---A reply with bytes of a share has ended.
---@class btshare.event.transfer_finished
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string IP address
---@field way string "direct" for downloads of the page, "web-seed" for those of torrent clients
---@field bytes integer bytes that were delivered
---@field whole boolean whether whoever fetches has the whole share now, in however many replies
---@field reason string why it ended: "done", "broken" by the recipient or the network, or "ended" with its link or share

---A reply with bytes of a share begins to be sent by HTTP.
---@class btshare.event.transfer_started
---@field share btshare.event.share_table as it is then
---@field link btshare.event.link_table the link that was used
---@field address string IP address
---@field way string "direct" for downloads of the page, "web-seed" for those of torrent clients
---@field bytes integer bytes of files that it is to bring
---@field whole boolean whether it is to bring the whole share

---May this file be stored? Asked before its first byte is read, of what the owner drops on the console, into the folder for uploads, and of what others send through a drop box, into the inbox.
---@class btshare.event.upload_accept
---@field box btshare.event.box_table? the drop box; absent for what the owner drops on the console
---@field name string the file's name, as its sender gave it
---@field size integer? bytes, where the sender said so
---@field address string the sender's IP address

---The owner accepted a file that came through a drop box: it has its name in the inbox now.
---@class btshare.event.upload_accepted
---@field box btshare.event.box_table as it is then
---@field name string the name that it was given, one that was free
---@field size integer bytes
---@field path string its absolute path
---@field sender string? the name that the sender gave

---A file is stored, whole. One that came through a drop box waits until its owner accepts it.
---@class btshare.event.upload_finished
---@field box btshare.event.box_table? the drop box; absent for what the owner dropped on the console
---@field name string the name that it was given; of what waits, the name that was sent, made fit
---@field size integer bytes
---@field path string its absolute path; of what waits, the one under which it waits
---@field sender string? the name that the sender gave
---@field note string? what the sender wrote beside it

---A file that came through a drop box, or was on its way, is gone before it was accepted. What goes with its box is not told one by one: see box-closed.
---@class btshare.event.upload_removed
---@field box btshare.event.box_table as it is then
---@field name string the name that was sent, made fit
---@field size integer bytes
---@field by string "owner": who deleted it, or stopped it; "sender": who took it back; "age": it was begun and never finished
---@field state string "coming" or "waiting": how far it was
---@field sender string? the name that the sender gave

---@class btshare.plugin
---@field on fun(self: btshare.plugin, event: "box-closed", fn: (fun(event: btshare.event.box_closed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "box-created", fn: (fun(event: btshare.event.box_created): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "box-opened", fn: (fun(event: btshare.event.box_opened): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "download-add", fn: (fun(event: btshare.event.download_add): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "download-added", fn: (fun(event: btshare.event.download_added): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "download-failed", fn: (fun(event: btshare.event.download_failed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "download-finished", fn: (fun(event: btshare.event.download_finished): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "download-progress", fn: (fun(event: btshare.event.download_progress): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "download-removed", fn: (fun(event: btshare.event.download_removed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "entry-skipped", fn: (fun(event: btshare.event.entry_skipped): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "link-create", fn: (fun(event: btshare.event.link_create): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "link-created", fn: (fun(event: btshare.event.link_created): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "link-revoked", fn: (fun(event: btshare.event.link_revoked): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "notice", fn: (fun(event: btshare.event.notice): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "page-show", fn: (fun(event: btshare.event.page_show): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "page-viewed", fn: (fun(event: btshare.event.page_viewed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "plugin-load", fn: (fun(event: btshare.event.plugin_load): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "plugin-loaded", fn: (fun(event: btshare.event.plugin_loaded): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "plugin-reloaded", fn: (fun(event: btshare.event.plugin_reloaded): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "plugin-set-aside", fn: (fun(event: btshare.event.plugin_set_aside): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "plugin-unloaded", fn: (fun(event: btshare.event.plugin_unloaded): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "reachability-changed", fn: (fun(event: btshare.event.reachability_changed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "recipient-announced", fn: (fun(event: btshare.event.recipient_announced): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "recipient-connected", fn: (fun(event: btshare.event.recipient_connected): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "recipient-finished", fn: (fun(event: btshare.event.recipient_finished): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "recipient-progress", fn: (fun(event: btshare.event.recipient_progress): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "reloaded", fn: (fun(event: btshare.event.reloaded): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "scan-finished", fn: (fun(event: btshare.event.scan_finished): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-ask", fn: (fun(event: btshare.event.share_ask): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-changed", fn: (fun(event: btshare.event.share_changed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-create", fn: (fun(event: btshare.event.share_create): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-created", fn: (fun(event: btshare.event.share_created): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-expired", fn: (fun(event: btshare.event.share_expired): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-failed", fn: (fun(event: btshare.event.share_failed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-missing", fn: (fun(event: btshare.event.share_missing): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-open", fn: (fun(event: btshare.event.share_open): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-progress", fn: (fun(event: btshare.event.share_progress): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-ready", fn: (fun(event: btshare.event.share_ready): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-remove", fn: (fun(event: btshare.event.share_remove): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-removed", fn: (fun(event: btshare.event.share_removed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-unlock", fn: (fun(event: btshare.event.share_unlock): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "share-updated", fn: (fun(event: btshare.event.share_updated): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "started", fn: (fun(event: btshare.event.started): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "stopped", fn: (fun(event: btshare.event.stopped): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "stopping", fn: (fun(event: btshare.event.stopping): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "torrent-added", fn: (fun(event: btshare.event.torrent_added): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "torrent-removed", fn: (fun(event: btshare.event.torrent_removed): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "transfer-finished", fn: (fun(event: btshare.event.transfer_finished): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "transfer-started", fn: (fun(event: btshare.event.transfer_started): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "upload-accept", fn: (fun(event: btshare.event.upload_accept): boolean?, string?, string?), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "upload-accepted", fn: (fun(event: btshare.event.upload_accepted): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "upload-finished", fn: (fun(event: btshare.event.upload_finished): any), priority: number?): fun()
---@field on fun(self: btshare.plugin, event: "upload-removed", fn: (fun(event: btshare.event.upload_removed): any), priority: number?): fun()
