-- OFFSET 0 keeps the planner from joining in another way than by the key of each row, whatever it thinks of the sizes.
SELECT s.tenant, s.name, s.version, s.epoch, s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels, d.version, d.runtime, d.content
FROM session s LEFT JOIN LATERAL (SELECT * FROM dump WHERE dump.session_key = s.session_key AND octet_length(content) <= @max_dump_bytes OFFSET 0) d ON true
WHERE s.tenant = @tenant AND s.name = @name
