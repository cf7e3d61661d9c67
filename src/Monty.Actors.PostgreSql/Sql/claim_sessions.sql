-- Many sessions, each there once, in the order of their names (see append_sessions.sql). The rows are locked first, so that what is returned
-- is current; only a dump may be older than its row.
WITH given AS (
    SELECT * FROM unnest(@tenants, @names, @epochs) WITH ORDINALITY AS g (tenant, name, given_epoch, ordinal)
),
found AS (
    SELECT s.*, g.given_epoch, g.ordinal
    FROM given g CROSS JOIN LATERAL (
        SELECT * FROM session WHERE session.tenant = g.tenant AND session.name = g.name FOR NO KEY UPDATE) s
),
claimed AS (
    UPDATE session s SET epoch = f.given_epoch FROM found f WHERE s.session_key = f.session_key AND f.epoch < f.given_epoch
)
SELECT s.tenant, s.name, s.version, greatest(s.epoch, s.given_epoch), s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels,
    d.version, d.runtime, d.content, s.ordinal
FROM found s LEFT JOIN LATERAL (SELECT * FROM dump WHERE dump.session_key = s.session_key AND octet_length(content) <= @max_dump_bytes OFFSET 0) d ON true
