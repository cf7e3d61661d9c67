SELECT version, kind, schema, at_us, CASE WHEN octet_length(payload) <= @max_record_bytes THEN payload END FROM (
    SELECT r.*, sum(octet_length(payload)) OVER (ORDER BY version) - octet_length(payload) AS bytes_before FROM (
        SELECT * FROM record
        WHERE session_key = (SELECT session_key FROM session WHERE tenant = @tenant AND name = @name) AND version > @after_version
        ORDER BY version
        LIMIT @max_records) r) w
WHERE bytes_before < @max_bytes
ORDER BY version
