-- The tables journal and snapshot have the default layout of Akka.Persistence.Sql, so a store can be moved there and back while no engine runs.
-- Only the two keys that are needed exist. Akka.Persistence.Sql also creates indexes on created and sequence_number; each append would have to update them.
-- The column created counts ticks of 100 ns since the year 1, in UTC. The columns deleted and tags are not used.
CREATE TABLE journal (
    ordering bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created bigint NOT NULL,
    sequence_number bigint NOT NULL,
    identifier integer,
    deleted boolean NOT NULL,
    persistence_id varchar(255) COLLATE "C" NOT NULL,
    manifest varchar(500),
    tags varchar(100),
    writer_uuid varchar(128),
    message bytea NOT NULL,
    CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number)
);

CREATE TABLE snapshot (
    sequence_number bigint NOT NULL,
    created bigint NOT NULL,
    serializer_id integer,
    persistence_id varchar(255) COLLATE "C" NOT NULL,
    manifest varchar(500),
    snapshot bytea NOT NULL,
    PRIMARY KEY (persistence_id, sequence_number)
);

-- An engine that claims a shard raises its epoch. A change with a lower epoch is refused. An engine that runs in one process has one shard.
CREATE TABLE shard_claim (
    shard integer PRIMARY KEY,
    epoch bigint NOT NULL,
    node text NOT NULL
);

INSERT INTO shard_claim (shard, epoch, node) VALUES (0, 0, '');

-- The cluster whose nodes share the store, or '' if one engine at a time uses it.
CREATE TABLE store (
    store_key integer PRIMARY KEY CHECK (store_key = 1),
    cluster text NOT NULL
);

INSERT INTO store (store_key, cluster) VALUES (1, '');

-- The index has one narrow row for each session, so that listing a million sessions reads no payloads. It changes in the same transaction as the journal.
-- Triggers copy the columns waiting_on and labels (JSON arrays, or NULL for none) into session_tag; the columns are authoritative.
-- closed_us equals changed_us for a closed session, and is used by the purge. changed_day is the day of changed_us: with an index on changed_us
-- itself, no append could update the row in place (HOT). The pages keep free room for such updates.
CREATE TABLE session (
    session_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version bigint NOT NULL,
    created_us bigint NOT NULL,
    changed_us bigint NOT NULL,
    due_us bigint,
    closed_us bigint,
    changed_day integer GENERATED ALWAYS AS ((changed_us / 86400000000)::integer) STORED,
    status smallint NOT NULL,
    is_active boolean NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    persistence_id text COLLATE "C" NOT NULL,
    waiting_on text,
    labels text
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX session_by_name ON session (tenant, name);
CREATE INDEX session_by_status ON session (tenant, status, name, changed_day);
CREATE INDEX session_due ON session (due_us, tenant, name) WHERE due_us IS NOT NULL;
CREATE INDEX session_active ON session (tenant, name) WHERE is_active;
CREATE INDEX session_closed ON session (closed_us) WHERE closed_us IS NOT NULL;

-- tag_kind: 1 for a tool that the session waits for, 2 for a label.
CREATE TABLE session_tag (
    session_key bigint NOT NULL,
    tag_kind smallint NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    tag text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, tag_kind, tag, name)
);

CREATE FUNCTION tag_session(tag_session_key bigint, tag_tenant text, tag_name text, kind smallint, old_tags text, new_tags text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF old_tags IS NOT NULL THEN
        DELETE FROM session_tag t USING json_array_elements_text(old_tags::json) AS o(tag)
        WHERE t.tenant = tag_tenant AND t.tag_kind = kind AND t.tag = o.tag AND t.name = tag_name;
    END IF;
    IF new_tags IS NOT NULL THEN
        INSERT INTO session_tag (session_key, tag_kind, tenant, tag, name)
        SELECT tag_session_key, kind, tag_tenant, n.tag, tag_name FROM json_array_elements_text(new_tags::json) AS n(tag);
    END IF;
END $$;

CREATE FUNCTION session_created() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM tag_session(new.session_key, new.tenant, new.name, 1::smallint, NULL, new.waiting_on);
    PERFORM tag_session(new.session_key, new.tenant, new.name, 2::smallint, NULL, new.labels);
    RETURN NULL;
END $$;

CREATE FUNCTION session_waits() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM tag_session(new.session_key, new.tenant, new.name, 1::smallint, old.waiting_on, new.waiting_on);
    RETURN NULL;
END $$;

CREATE FUNCTION session_labelled() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM tag_session(new.session_key, new.tenant, new.name, 2::smallint, old.labels, new.labels);
    RETURN NULL;
END $$;

-- Snapshots are deleted after the changes: see save_snapshot.sql.
CREATE FUNCTION session_purged() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM tag_session(old.session_key, old.tenant, old.name, 1::smallint, old.waiting_on, NULL);
    PERFORM tag_session(old.session_key, old.tenant, old.name, 2::smallint, old.labels, NULL);
    DELETE FROM journal WHERE persistence_id = old.persistence_id;
    DELETE FROM snapshot WHERE persistence_id = old.persistence_id;
    RETURN NULL;
END $$;

CREATE TRIGGER session_created AFTER INSERT ON session FOR EACH ROW
WHEN (new.waiting_on IS NOT NULL OR new.labels IS NOT NULL) EXECUTE FUNCTION session_created();

CREATE TRIGGER session_waits AFTER UPDATE OF waiting_on ON session FOR EACH ROW
WHEN (old.waiting_on IS DISTINCT FROM new.waiting_on) EXECUTE FUNCTION session_waits();

CREATE TRIGGER session_labelled AFTER UPDATE OF labels ON session FOR EACH ROW
WHEN (old.labels IS DISTINCT FROM new.labels) EXECUTE FUNCTION session_labelled();

CREATE TRIGGER session_purged AFTER DELETE ON session FOR EACH ROW EXECUTE FUNCTION session_purged();
