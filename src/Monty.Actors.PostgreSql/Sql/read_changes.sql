-- A page ends at the maximum number of rows or bytes. It always contains the first row.
SELECT sequence_number, created, CASE WHEN octet_length(message) <= @max_bytes THEN message END, identifier, manifest, writer_uuid FROM (
    SELECT r.*, sum(octet_length(message)) OVER (ORDER BY sequence_number) - octet_length(message) AS bytes_before FROM (
        SELECT * FROM journal
        WHERE persistence_id = @persistence_id AND sequence_number BETWEEN @from AND @to AND NOT deleted
        ORDER BY sequence_number
        LIMIT @max) r) w
WHERE bytes_before < @max_page_bytes
ORDER BY sequence_number
