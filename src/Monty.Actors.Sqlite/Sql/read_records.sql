SELECT version, kind, schema, at_us, payload
FROM record
WHERE session_key = (SELECT session_key FROM session WHERE tenant = @tenant AND name = @name) AND version > @after_version
ORDER BY version
LIMIT @max_records
