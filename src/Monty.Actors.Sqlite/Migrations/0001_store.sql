-- The tables journal and snapshot have the default layout of Akka.Persistence.Sql, so a store can be moved there and back while no engine runs.
-- Only the two keys that are needed exist. Akka.Persistence.Sql also creates indexes on created and sequence_number; each append would have to update them.
-- The column created counts ticks of 100 ns since the year 1, in UTC. The columns deleted and tags are not used.
CREATE TABLE journal (
    ordering INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    persistence_id TEXT NOT NULL,
    sequence_number INTEGER NOT NULL,
    message BLOB NOT NULL,
    manifest TEXT,
    identifier INTEGER,
    tags TEXT,
    writer_uuid TEXT
) STRICT;

CREATE UNIQUE INDEX journal_uq ON journal (persistence_id, sequence_number);

CREATE TABLE snapshot (
    persistence_id TEXT NOT NULL,
    sequence_number INTEGER NOT NULL,
    created INTEGER NOT NULL,
    snapshot BLOB NOT NULL,
    manifest TEXT,
    serializer_id INTEGER,
    PRIMARY KEY (persistence_id, sequence_number)
) STRICT;

-- An engine that claims a shard raises its epoch. A change with a lower epoch is refused. An engine that runs in one process has one shard.
CREATE TABLE shard_claim (
    shard INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    node TEXT NOT NULL
) STRICT;

INSERT INTO shard_claim (shard, epoch, node) VALUES (0, 0, '');

-- The index has one narrow row for each session, so that listing a million sessions reads no payloads. It changes in the same transaction as the journal.
-- Triggers copy the columns waiting_on and labels (JSON arrays, or NULL for none) into session_tag; the columns are authoritative.
-- closed_us equals changed_us for a closed session, and is used by the purge. changed_day is the day of changed_us: an index on changed_us itself
-- would have to be updated with every append.
CREATE TABLE session (
    session_key INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    persistence_id TEXT NOT NULL,
    version INTEGER NOT NULL,
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

-- tag_kind: 1 for a tool that the session waits for, 2 for a label.
CREATE TABLE session_tag (
    tenant TEXT NOT NULL,
    tag_kind INTEGER NOT NULL,
    tag TEXT NOT NULL,
    name TEXT NOT NULL,
    session_key INTEGER NOT NULL,
    PRIMARY KEY (tenant, tag_kind, tag, name)
) STRICT, WITHOUT ROWID;

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
    DELETE FROM journal WHERE persistence_id = old.persistence_id;
    DELETE FROM snapshot WHERE persistence_id = old.persistence_id;
END;
