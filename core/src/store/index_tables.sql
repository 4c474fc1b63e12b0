-- Derived from documents; dropped and laid out anew when the index version differs.
-- number = slot of the kind * 2^24 + order of arrival, so that one kind is one range of full-text rows.
CREATE TABLE kind (slot INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE row (
    number INTEGER PRIMARY KEY,
    record BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    folded TEXT NOT NULL,
    sort_key BLOB NOT NULL,
    removed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB,
    conflicts INTEGER NOT NULL,
    cells TEXT NOT NULL
);
-- The list of a kind reads this alone (automerge.md 10.3).
CREATE INDEX row_list ON row (kind, removed, sort_key, record, title, changed_at, conflicts, cells);
-- The id vector reads this alone; an edit that leaves the title does not touch it.
CREATE INDEX row_by_title ON row (kind, removed, sort_key, record);
CREATE INDEX row_all_by_title ON row (removed, sort_key, record, kind);
CREATE INDEX row_by_changed ON row (kind, removed, changed_at, record);
CREATE INDEX row_all_by_changed ON row (removed, changed_at, record, kind);
CREATE INDEX row_by_created ON row (kind, removed, created_at, record);
CREATE INDEX row_by_folded ON row (folded);
-- Rows without a value of the field that a list is sorted by, at its end.
CREATE INDEX row_by_record ON row (kind, removed, record);

-- at numbers the values of one field from 0, in order of sort.
CREATE TABLE value (
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sort BLOB NOT NULL,
    text TEXT NOT NULL,
    number INTEGER,
    PRIMARY KEY (row, field, at)
) WITHOUT ROWID;
CREATE INDEX value_by_text ON value (field, text, row);
CREATE INDEX value_by_number ON value (field, number, row) WHERE number IS NOT NULL;

-- The first value of each field of a row, in the order of lists: a list sorted by it reads this alone. A table,
-- because removed and record belong to the row; with them it needs no sorting of ties.
CREATE TABLE sorted (
    kind TEXT NOT NULL,
    field TEXT NOT NULL,
    removed INTEGER NOT NULL,
    sort BLOB NOT NULL,
    record BLOB NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (kind, field, removed, sort, record)
) WITHOUT ROWID;

-- First letter and first two letters of each word of the title, and of phone numbers: what is found by less
-- than a trigram, newest row first.
CREATE TABLE start (start TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (start, row)) WITHOUT ROWID;

CREATE TABLE link (
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    target BLOB NOT NULL,
    PRIMARY KEY (row, field, target)
) WITHOUT ROWID;
CREATE INDEX link_by_target ON link (target, field, row);
CREATE INDEX link_by_field ON link (field, row);

CREATE TABLE conflict (
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    key TEXT NOT NULL,
    versions INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (row, field, key)
) WITHOUT ROWID;
CREATE INDEX conflict_by_time ON conflict (at, row);

-- Folded text: content of the full-text table, and what its hits are verified against.
CREATE TABLE search_text (row INTEGER PRIMARY KEY, text TEXT NOT NULL);
-- Rows whose text is newer than their full text, and the text that still stands there (NULL: none). Written in
-- the transaction of the edit; every search reads these rows too, until a bulk transaction brings them over.
CREATE TABLE search_pending (row INTEGER PRIMARY KEY, held TEXT);
