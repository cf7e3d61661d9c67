SELECT s.tenant, s.name, s.version, s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels
FROM session_tag t JOIN session s ON s.session_key = t.session_key
WHERE t.tenant = @tenant AND t.tag_kind = 2 AND t.tag = @label AND t.name > @after_name
    AND s.changed_us <= @unchanged_since_us AND (@status IS NULL OR s.status = @status)
    AND (@waiting_on IS NULL OR EXISTS (
        SELECT 1 FROM session_tag w WHERE w.tenant = t.tenant AND w.tag_kind = 1 AND w.tag = @waiting_on AND w.name = t.name))
ORDER BY t.name
LIMIT @max
