SELECT sequence_number, created, CASE WHEN length(message) <= @max_bytes THEN message END, identifier, manifest, writer_uuid
FROM journal
WHERE persistence_id = @persistence_id AND sequence_number BETWEEN @from AND @to AND NOT deleted
ORDER BY sequence_number
LIMIT @max
