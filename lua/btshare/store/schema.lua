-- The tables of the state database, as numbered migrations: each runs once, in one transaction.
local counted = require "btshare.store.counted"

local schema = {}

schema.migrations = {
  [[
  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value NOT NULL
  ) WITHOUT ROWID;

  -- A shared folder, or, where `only` is set, one entry of it.
  CREATE TABLE roots (
    id INTEGER PRIMARY KEY,
    path NOT NULL,
    only,
    added INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX roots_place ON roots (path, ifnull(only, ''));

  -- Times in seconds since 1970. `stopped`: the owner stopped it; it stays so until added again.
  CREATE TABLE shares (
    id TEXT PRIMARY KEY,
    root INTEGER NOT NULL REFERENCES roots ON DELETE CASCADE,
    entry NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
    exposure TEXT NOT NULL DEFAULT 'link',
    stopped INTEGER NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    expires INTEGER,
    UNIQUE (root, entry)
  ) WITHOUT ROWID;

  -- The current version of a share: what was hashed, and what came of it. info_hash is NULL for a
  -- share that a torrent cannot hold (empty, or exposure http).
  CREATE TABLE versions (
    share TEXT PRIMARY KEY REFERENCES shares ON DELETE CASCADE,
    number INTEGER NOT NULL,
    files INTEGER NOT NULL,
    size INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    format TEXT NOT NULL,
    piece_length INTEGER NOT NULL,
    pieces BLOB NOT NULL,
    roots BLOB NOT NULL,
    layers BLOB NOT NULL,
    crcs BLOB NOT NULL,
    private INTEGER NOT NULL DEFAULT 0,
    torrent BLOB,
    info_hash TEXT,
    info_hash_v2 TEXT
  ) WITHOUT ROWID;

  -- Info-hashes of earlier versions, newest last (BEP 38 "similar").
  CREATE TABLE former (
    share TEXT NOT NULL REFERENCES shares ON DELETE CASCADE,
    number INTEGER NOT NULL,
    info_hash TEXT NOT NULL,
    PRIMARY KEY (share, number)
  ) WITHOUT ROWID;

  -- Capability links. The default link of a share has the share's own id. Tokens are derived, never
  -- stored; each purpose is found by the SHA-256 of its token.
  CREATE TABLE links (
    id TEXT PRIMARY KEY,
    share TEXT NOT NULL REFERENCES shares ON DELETE CASCADE,
    name TEXT,
    generation INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX links_share ON links (share);
  CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    link TEXT NOT NULL REFERENCES links ON DELETE CASCADE,
    purpose TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX tokens_link ON tokens (link);

  -- What plugins keep: a value by plugin and name.
  CREATE TABLE plugin_values (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    value NOT NULL,
    PRIMARY KEY (plugin, name)
  ) WITHOUT ROWID;
  ]],
  [[
  -- Named links. Times in seconds since 1970. A revoked one has no tokens any more.
  ALTER TABLE links ADD COLUMN expires INTEGER;
  ALTER TABLE links ADD COLUMN most_downloads INTEGER;
  ALTER TABLE links ADD COLUMN downloads INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE links ADD COLUMN used INTEGER;
  ALTER TABLE links ADD COLUMN revoked INTEGER;
  CREATE UNIQUE INDEX links_name ON links (share, name) WHERE revoked IS NULL;
  ]],
  [[
  -- What the owner chose for one share. `own_exposure`: its exposure is its own, whatever config.lua says of its
  -- folder. `up_limit`: bytes a second. `revision` counts these choices.
  ALTER TABLE shares ADD COLUMN own_exposure INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE shares ADD COLUMN up_limit INTEGER;
  ALTER TABLE shares ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

  -- Torrent clients by the link that they announced themselves by: `peer` is the id that they call themselves by.
  CREATE TABLE guests (
    link TEXT NOT NULL REFERENCES links ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    peer BLOB NOT NULL,
    address TEXT NOT NULL,
    port INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (link, generation, peer)
  ) WITHOUT ROWID;
  ]],
  [[
  -- Who may use the console: cookies and API tokens, found by the SHA-256 of their secret. Times in
  -- seconds since 1970; `used` is not exact.
  CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER,
    expires INTEGER
  ) WITHOUT ROWID;
  ]],
  [[
  -- What each share has sent so far, and how many have its present version. Bytes are payload.
  CREATE TABLE totals (
    share TEXT PRIMARY KEY REFERENCES shares ON DELETE CASCADE,
    sent INTEGER NOT NULL,
    downloads INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- Who has got all of a share; kept for a while. `peer` is a BitTorrent peer id, in hex.
  CREATE TABLE recipients (
    id TEXT PRIMARY KEY,
    share TEXT NOT NULL REFERENCES shares ON DELETE CASCADE,
    version INTEGER NOT NULL,
    way TEXT NOT NULL,
    link TEXT NOT NULL,
    name TEXT,
    client TEXT,
    address TEXT NOT NULL,
    peer TEXT,
    sent INTEGER NOT NULL,
    since INTEGER NOT NULL,
    finished INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX recipients_share ON recipients (share, finished);
  CREATE INDEX recipients_finished ON recipients (finished);
  ]],
  [[
  -- What people may want to read later. `texts`: the values of the text, as JSON; `words`: what a search looks at.
  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    share TEXT,
    name,
    link TEXT,
    who TEXT,
    way TEXT,
    text_key TEXT NOT NULL,
    texts TEXT NOT NULL,
    words NOT NULL
  );
  CREATE INDEX history_share ON history (share, id);
  CREATE INDEX history_kind ON history (kind, id);
  CREATE INDEX history_time ON history (time);

  -- Throughput of each period, in slots from `start` on (seconds since 1970), as packed bytes.
  CREATE TABLE activity (
    period TEXT PRIMARY KEY,
    start INTEGER NOT NULL,
    up BLOB NOT NULL,
    down BLOB NOT NULL
  ) WITHOUT ROWID;
  ]],
  [[
  -- What is received. Times in seconds since 1970. `known`: what has its names in the folder is its own. `wanted`: a
  -- character for each file, NULL for all. `public`: through the DHT
  -- and its like. `resume`: libtorrent's, which pieces are there. `failure`: code and message.
  CREATE TABLE downloads (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL CHECK (source IN ('magnet', 'torrent', 'link')),
    uri TEXT,
    torrent BLOB,
    info_hash TEXT UNIQUE,
    folder NOT NULL,
    name NOT NULL,
    size INTEGER,
    files INTEGER,
    wanted TEXT,
    created INTEGER NOT NULL,
    finished INTEGER,
    started INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    known INTEGER NOT NULL,
    public INTEGER NOT NULL,
    share_after INTEGER NOT NULL,
    share_seconds INTEGER,
    failure TEXT,
    resume BLOB
  ) WITHOUT ROWID;
  ]],
  [[
  -- Folders inside that hold no file: each path and NUL. They are in archives alone.
  ALTER TABLE versions ADD COLUMN folders BLOB NOT NULL DEFAULT x'';
  ]],
  [[
  -- What a torrent client proved itself with, see shares.grants. Bytes that went out by each link, by whatever way.
  ALTER TABLE guests ADD COLUMN proof TEXT;
  ALTER TABLE links ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
  ]],
  [[
  -- Whether lists that others can read name a share: 1 or 0 as its owner chose, NULL as config.lua says of its folder.
  ALTER TABLE shares ADD COLUMN listed INTEGER;
  ]],
  [[
  -- How often a file of a folder was fetched by itself, to its last byte.
  CREATE TABLE file_downloads (
    share TEXT NOT NULL REFERENCES shares ON DELETE CASCADE,
    path BLOB NOT NULL,
    downloads INTEGER NOT NULL,
    PRIMARY KEY (share, path)
  ) WITHOUT ROWID;
  ]],
  [[
  -- Drop boxes. Times in seconds since 1970, sizes in bytes. Tokens are derived from the id. `revision` counts what its
  -- owner chose.
  CREATE TABLE boxes (
    id TEXT PRIMARY KEY,
    title TEXT,
    note TEXT,
    created INTEGER NOT NULL,
    expires INTEGER,
    is_open INTEGER NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;

  -- What others send into them, from before its first byte on: how much of it has come is the size of its file.
  -- `accepted_as`: the name that it gets, written before it has it.
  CREATE TABLE box_uploads (
    id TEXT PRIMARY KEY,
    box TEXT NOT NULL REFERENCES boxes ON DELETE CASCADE,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sender TEXT,
    note TEXT,
    address TEXT NOT NULL,
    begun INTEGER NOT NULL,
    finished INTEGER,
    accepted INTEGER,
    accepted_as TEXT
  ) WITHOUT ROWID;
  CREATE INDEX box_uploads_box ON box_uploads (box);
  ]],
  [[
  -- Where the sender of an upload says what its bytes hash to: how many were compared with that.
  ALTER TABLE box_uploads ADD COLUMN certain INTEGER;
  ]],
  [[
  -- Of one share's torrent as its owner chose, NULL as config.lua says. `web_seed`: on, auto or off. `trackers`:
  -- further ones, as JSON.
  ALTER TABLE shares ADD COLUMN format TEXT;
  ALTER TABLE shares ADD COLUMN web_seed TEXT;
  ALTER TABLE shares ADD COLUMN trackers TEXT;
  ]],
  [[
  -- What opens the link of a download, as long as that is still asked; NULL from then on.
  ALTER TABLE downloads ADD COLUMN password TEXT;
  ]],
  [[
  -- Ids of uploads that the owner of a drop box stopped while they came, and when: their senders are told.
  CREATE TABLE box_stopped (
    id TEXT PRIMARY KEY,
    box TEXT NOT NULL REFERENCES boxes ON DELETE CASCADE,
    stopped INTEGER NOT NULL
  ) WITHOUT ROWID;
  ]],
  counted.migration,
}

return schema
