-- journal and snapshot are the tables of Akka.Persistence.Sql in its default layout, so that a store can be moved there and back while nothing runs.
-- They have the two keys that are needed; the indexes on created and sequence_number that it makes besides are not, and would be written with every append.
-- created counts ticks of 100 ns since the year 1, UTC. deleted and tags are not used here.
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

-- The epoch of each shard is raised by the engine that claims it, and a change with a lower one is refused. An engine in one process has one shard.
CREATE TABLE shard_claim (
    shard INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    node TEXT NOT NULL
) STRICT;

INSERT INTO shard_claim (shard, epoch, node) VALUES (0, 0, '');

-- The index: one narrow row a session, so that a listing of a million sessions reads no payload. It follows the journal in the same transaction. The rows of session_tag follow the columns
-- waiting_on and labels (JSON arrays, NULL for none) by triggers: the columns are what is true. closed_us is changed_us of a closed
-- session, for the purge. changed_day is the day of changed_us: an index on the time itself would be written with every append.
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

-- tag_kind: 1 waiting on a tool, 2 label.
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
