-- The index by status contains the day. Each status is read in order, and the results are merged by name.
SELECT tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels FROM session
    WHERE tenant = @tenant AND status = 0 AND name > @after_name AND changed_day <= @unchanged_since_day AND changed_us <= @unchanged_since_us
UNION ALL SELECT tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels FROM session
    WHERE tenant = @tenant AND status = 1 AND name > @after_name AND changed_day <= @unchanged_since_day AND changed_us <= @unchanged_since_us
UNION ALL SELECT tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels FROM session
    WHERE tenant = @tenant AND status = 2 AND name > @after_name AND changed_day <= @unchanged_since_day AND changed_us <= @unchanged_since_us
UNION ALL SELECT tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels FROM session
    WHERE tenant = @tenant AND status = 3 AND name > @after_name AND changed_day <= @unchanged_since_day AND changed_us <= @unchanged_since_us
UNION ALL SELECT tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels FROM session
    WHERE tenant = @tenant AND status = 4 AND name > @after_name AND changed_day <= @unchanged_since_day AND changed_us <= @unchanged_since_us
ORDER BY name
LIMIT @max
