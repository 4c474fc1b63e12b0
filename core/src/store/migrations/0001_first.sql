-- The first layout: what cannot be derived from anything else, and so must be carried from version to version.
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- n is the order of commit here. seq IS NULL and offered = 1 is the outbox.
CREATE TABLE log (
    n INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    actor BLOB NOT NULL,
    actor_seq INTEGER NOT NULL,
    start_op INTEGER NOT NULL,
    ops INTEGER NOT NULL,
    deps BLOB NOT NULL,
    typed_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    form INTEGER NOT NULL,
    seq INTEGER,
    stamp BLOB,
    received_at INTEGER,
    brought_by BLOB,
    offered INTEGER NOT NULL DEFAULT 1,
    bytes BLOB NOT NULL
);
CREATE INDEX log_by_record ON log (record, seq, size);
CREATE INDEX log_by_seq ON log (seq) WHERE seq IS NOT NULL;
-- seq and offered stand in the two for the sake of reading the index alone: SQLite does not infer them.
CREATE INDEX log_outbox ON log (n, seq, offered, size) WHERE seq IS NULL AND offered = 1;
CREATE INDEX log_waiting ON log (record, seq, offered) WHERE seq IS NULL AND offered = 1;

CREATE TABLE snapshot (
    record BLOB PRIMARY KEY,
    upto INTEGER NOT NULL,
    heads BLOB NOT NULL,
    size INTEGER NOT NULL,
    form INTEGER NOT NULL,
    bytes BLOB NOT NULL
);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    hash BLOB NOT NULL,
    reason INTEGER NOT NULL,
    failed_check INTEGER NOT NULL,
    device BLOB,
    at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (record, hash)
);

-- Seqs that are no log entry: what = 0 is the stub of an erased entry (seq and stamp only);
-- 1 gain and 2 loss of sight are laid out for the access rules of sync.md 9.1.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    stamp BLOB,
    what INTEGER NOT NULL,
    person BLOB,
    record BLOB,
    reason INTEGER
);

-- Laid out now, used by later issues (sync.md 9.1, 9.2, 13).
CREATE TABLE access (
    record BLOB NOT NULL,
    person BLOB NOT NULL,
    level INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    since_seq INTEGER NOT NULL,
    PRIMARY KEY (record, person)
) WITHOUT ROWID;
CREATE TABLE tombstone (record BLOB PRIMARY KEY, at INTEGER NOT NULL, reason INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE blob (
    hash BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    have INTEGER NOT NULL,
    record BLOB,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE receipt (
    erasure BLOB NOT NULL,
    device BLOB NOT NULL,
    sent_at INTEGER,
    confirmed_at INTEGER,
    PRIMARY KEY (erasure, device)
) WITHOUT ROWID;
