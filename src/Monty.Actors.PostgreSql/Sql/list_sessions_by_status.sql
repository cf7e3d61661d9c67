SELECT s.tenant, s.name, s.version, s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels
FROM session s
WHERE s.tenant = @tenant AND s.status = @status AND s.name > @after_name AND s.changed_day <= @unchanged_since_day AND s.changed_us <= @unchanged_since_us
ORDER BY s.name
LIMIT @max
