SELECT s.tenant, s.name, s.version, s.epoch, s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels, d.version, d.runtime, d.content
FROM session s LEFT JOIN dump d ON d.session_key = s.session_key AND length(d.content) <= @max_dump_bytes
WHERE s.tenant = @tenant AND s.name = @name
