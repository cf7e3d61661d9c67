-- Writes changes of different sessions. They are ordered by persistence id, so that two processes lock rows in the same order and cannot deadlock.
-- It is a single statement. The server takes no lock before the whole statement has arrived, and commits it without another message. Therefore a paused
-- process holds no lock.
-- The row of the claim is locked. The statement waits for a claim in progress and uses its epoch, and a later claim waits for this commit. Without the lock,
-- the statement could see an older epoch than that of an engine which has already read the session.
-- The highest sequence number is also read from the statement's view of the data. If another process uses the next number at the same time, the unique
-- key fails the statement, and it is sent again.
-- Returns the ordinal and the outcome of each change: 0 stored, 1 conflict, 2 fenced.
WITH claim AS MATERIALIZED (
    SELECT epoch FROM shard_claim WHERE shard = 0 FOR SHARE
),
judged AS MATERIALIZED (
    SELECT g.*, CASE WHEN g.epoch < c.epoch THEN 2 WHEN coalesce(h.highest, 0) <> g.sequence_number - 1 THEN 1 ELSE 0 END AS outcome
    FROM unnest(
        @persistence_ids, @sequence_numbers, @created, @messages, @manifests, @identifiers, @writer_uuids, @epochs, @tenants, @names, @versions,
        @statuses, @actives, @created_us, @changed_us, @due_us, @closed_us, @waiting_on, @labels)
    WITH ORDINALITY AS g (
        persistence_id, sequence_number, created, message, manifest, identifier, writer_uuid, epoch, tenant, name, version,
        status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels, ordinal)
    CROSS JOIN claim c
    LEFT JOIN LATERAL (
        SELECT j.sequence_number AS highest FROM journal j WHERE j.persistence_id = g.persistence_id ORDER BY j.sequence_number DESC LIMIT 1) h ON true
),
written AS (
    INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
    SELECT created, false, persistence_id, sequence_number, message, manifest, identifier, writer_uuid FROM judged WHERE outcome = 0
),
indexed AS (
    INSERT INTO session AS s (
        tenant, name, persistence_id, version, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels)
    SELECT tenant, name, persistence_id, version, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels
    FROM judged WHERE outcome = 0
    ON CONFLICT (tenant, name) DO UPDATE
    SET version = excluded.version, status = excluded.status, is_active = excluded.is_active, created_us = excluded.created_us,
        changed_us = excluded.changed_us, due_us = excluded.due_us, closed_us = excluded.closed_us, waiting_on = excluded.waiting_on, labels = excluded.labels
)
SELECT ordinal, outcome FROM judged
