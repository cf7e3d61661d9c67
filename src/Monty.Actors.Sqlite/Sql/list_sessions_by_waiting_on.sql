SELECT s.tenant, s.name, s.version, s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels
FROM session_tag t JOIN session s ON s.session_key = t.session_key
WHERE t.tenant = @tenant AND t.tag_kind = 1 AND t.tag = @waiting_on AND t.name > @after_name
    AND s.changed_us <= @unchanged_since_us AND (@status IS NULL OR s.status = @status)
ORDER BY t.name
LIMIT @max
