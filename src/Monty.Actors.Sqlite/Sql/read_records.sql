SELECT version, kind, schema, at_us, CASE WHEN length(payload) <= @max_record_bytes THEN payload END
FROM record
WHERE session_key = (SELECT session_key FROM session WHERE tenant = @tenant AND name = @name) AND version > @after_version
ORDER BY version
LIMIT @max_records
