-- Writes an index row that was derived from the history, unless the index has a later version of it.
INSERT INTO session AS s (
    tenant, name, persistence_id, version, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels)
VALUES (
    @tenant, @name, @persistence_id, @version, @status, @is_active, @created_us, @changed_us, @due_us, @closed_us, @waiting_on, @labels)
ON CONFLICT (tenant, name) DO UPDATE
SET version = excluded.version, status = excluded.status, is_active = excluded.is_active, created_us = excluded.created_us,
    changed_us = excluded.changed_us, due_us = excluded.due_us, closed_us = excluded.closed_us, waiting_on = excluded.waiting_on, labels = excluded.labels
WHERE s.version <= excluded.version
