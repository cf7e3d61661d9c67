SELECT session_key, status, is_active, due_us, closed_us, changed_day, waiting_on, labels
FROM session
WHERE tenant = @tenant AND name = @name
