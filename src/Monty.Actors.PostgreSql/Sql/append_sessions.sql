-- One statement for many sessions, each there once, given in the order of their names: the rows are locked in that order, so that two
-- processes do not wait for each other. The locking subquery is run for each given row, by the index, whatever the planner thinks of sizes.
-- A row per write: whether it was written, and the epoch that the session had before.
WITH given AS (
    SELECT * FROM unnest(
        @tenants, @names, @expected_versions, @next_versions, @epochs, @statuses, @actives, @created_us, @changed_us, @due_us, @closed_us, @waiting_on, @labels)
    WITH ORDINALITY AS g (
        tenant, name, expected_version, next_version, given_epoch, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels, ordinal)
),
found AS (
    SELECT s.session_key, s.version, s.epoch, g.expected_version, g.next_version, g.given_epoch, g.status, g.is_active, g.created_us,
        g.changed_us, g.due_us, g.closed_us, g.waiting_on, g.labels, g.ordinal
    FROM given g CROSS JOIN LATERAL (
        SELECT session_key, version, epoch FROM session WHERE session.tenant = g.tenant AND session.name = g.name FOR NO KEY UPDATE) s
),
changed AS (
    UPDATE session s
    SET version = f.next_version, epoch = f.given_epoch, status = f.status, is_active = f.is_active, created_us = f.created_us,
        changed_us = f.changed_us, due_us = f.due_us, closed_us = f.closed_us, waiting_on = f.waiting_on, labels = f.labels
    FROM found f
    WHERE s.session_key = f.session_key AND f.version = f.expected_version AND f.epoch <= f.given_epoch
    RETURNING s.session_key, f.ordinal
),
created AS (
    INSERT INTO session (tenant, name, version, epoch, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels)
    SELECT tenant, name, next_version, given_epoch, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels
    FROM given WHERE expected_version = 0
    ON CONFLICT (tenant, name) DO NOTHING
    RETURNING session_key, tenant, name
),
written AS (
    SELECT session_key, ordinal FROM changed
    UNION ALL SELECT c.session_key, g.ordinal FROM created c JOIN given g ON g.tenant = c.tenant AND g.name = c.name
),
recorded AS (
    INSERT INTO record (session_key, version, kind, schema, at_us, payload)
    SELECT w.session_key, r.version, r.kind, r.schema, r.at_us, r.payload
    FROM unnest(@record_ordinals, @record_versions, @record_kinds, @record_schemas, @record_at_us, @record_payloads)
        AS r (ordinal, version, kind, schema, at_us, payload)
    JOIN written w ON w.ordinal = r.ordinal
),
dumped AS (
    INSERT INTO dump (session_key, version, runtime, content)
    SELECT w.session_key, d.version, d.runtime, d.content
    FROM unnest(@dump_ordinals, @dump_versions, @dump_runtimes, @dump_contents) AS d (ordinal, version, runtime, content)
    JOIN written w ON w.ordinal = d.ordinal
    ON CONFLICT (session_key) DO UPDATE SET version = excluded.version, runtime = excluded.runtime, content = excluded.content
)
SELECT ordinal, true, 0 FROM written
UNION ALL SELECT ordinal, false, epoch FROM found WHERE version <> expected_version OR epoch > given_epoch
