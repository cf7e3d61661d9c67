-- Sessions are found by narrow rows: payloads and dumps are in tables of their own, so that a listing of a million sessions reads
-- rows and indexes only. session_key stands for tenant and name in the large tables. The rows of session_tag follow the columns
-- waiting_on and labels (JSON arrays, NULL for none) by triggers: the columns are what is true. closed_us is changed_us of a closed
-- session, for the purge. changed_day is the day of changed_us: an index on the time itself would be written with every append. There are no foreign keys; the trigger at the end takes everything of a session away with it.

CREATE TABLE store (
    store_key INTEGER PRIMARY KEY CHECK (store_key = 1),
    epoch INTEGER NOT NULL,
    holder TEXT NOT NULL
) STRICT;

INSERT INTO store (store_key, epoch, holder) VALUES (1, 0, '');

CREATE TABLE session (
    session_key INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    status INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    changed_day INTEGER NOT NULL,
    due_us INTEGER,
    closed_us INTEGER,
    waiting_on TEXT,
    labels TEXT
) STRICT;

CREATE UNIQUE INDEX session_by_name ON session (tenant, name);
CREATE INDEX session_by_status ON session (tenant, status, name, changed_day);
CREATE INDEX session_due ON session (due_us, tenant, name) WHERE due_us IS NOT NULL;
CREATE INDEX session_active ON session (tenant, name) WHERE is_active;
CREATE INDEX session_closed ON session (closed_us) WHERE closed_us IS NOT NULL;

-- tag_kind: 1 waiting on a tool, 2 label.
CREATE TABLE session_tag (
    tenant TEXT NOT NULL,
    tag_kind INTEGER NOT NULL,
    tag TEXT NOT NULL,
    name TEXT NOT NULL,
    session_key INTEGER NOT NULL,
    PRIMARY KEY (tenant, tag_kind, tag, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
    session_key INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    schema INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (session_key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE dump (
    session_key INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    runtime TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TRIGGER session_created AFTER INSERT ON session WHEN new.waiting_on IS NOT NULL OR new.labels IS NOT NULL
BEGIN
    INSERT INTO session_tag (tenant, tag_kind, tag, name, session_key)
    SELECT new.tenant, 1, value, new.name, new.session_key FROM json_each(new.waiting_on)
    UNION ALL SELECT new.tenant, 2, value, new.name, new.session_key FROM json_each(new.labels);
END;

CREATE TRIGGER session_waits AFTER UPDATE OF waiting_on ON session WHEN old.waiting_on IS NOT new.waiting_on
BEGIN
    DELETE FROM session_tag WHERE tenant = old.tenant AND tag_kind = 1 AND tag IN (SELECT value FROM json_each(old.waiting_on)) AND name = old.name;
    INSERT INTO session_tag (tenant, tag_kind, tag, name, session_key)
    SELECT new.tenant, 1, value, new.name, new.session_key FROM json_each(new.waiting_on);
END;

CREATE TRIGGER session_labelled AFTER UPDATE OF labels ON session WHEN old.labels IS NOT new.labels
BEGIN
    DELETE FROM session_tag WHERE tenant = old.tenant AND tag_kind = 2 AND tag IN (SELECT value FROM json_each(old.labels)) AND name = old.name;
    INSERT INTO session_tag (tenant, tag_kind, tag, name, session_key)
    SELECT new.tenant, 2, value, new.name, new.session_key FROM json_each(new.labels);
END;

CREATE TRIGGER session_purged AFTER DELETE ON session
BEGIN
    DELETE FROM session_tag WHERE tenant = old.tenant AND tag_kind = 1 AND tag IN (SELECT value FROM json_each(old.waiting_on)) AND name = old.name;
    DELETE FROM session_tag WHERE tenant = old.tenant AND tag_kind = 2 AND tag IN (SELECT value FROM json_each(old.labels)) AND name = old.name;
    DELETE FROM record WHERE session_key = old.session_key;
    DELETE FROM dump WHERE session_key = old.session_key;
END;
