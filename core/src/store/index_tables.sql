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
CREATE INDEX value_by_sort ON value (kind, field, sort, row) WHERE at = 0;

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
