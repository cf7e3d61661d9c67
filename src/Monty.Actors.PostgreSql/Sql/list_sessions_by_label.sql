-- OFFSET 0 makes the planner look up each row by its key, regardless of its estimates.
SELECT s.tenant, s.name, s.version, s.status, s.is_active, s.created_us, s.changed_us, s.due_us, s.waiting_on, s.labels
FROM session_tag t CROSS JOIN LATERAL (SELECT * FROM session WHERE session.session_key = t.session_key OFFSET 0) s
WHERE t.tenant = @tenant AND t.tag_kind = 2 AND t.tag = @label AND t.name > @after_name
    AND s.changed_us <= @unchanged_since_us AND (@status::smallint IS NULL OR s.status = @status::smallint)
    AND (@waiting_on::text IS NULL OR EXISTS (
        SELECT 1 FROM session_tag w WHERE w.tenant = t.tenant AND w.tag_kind = 1 AND w.tag = @waiting_on::text AND w.name = t.name))
ORDER BY t.name
LIMIT @max
