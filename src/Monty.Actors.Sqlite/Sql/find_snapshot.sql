SELECT sequence_number, created, snapshot, serializer_id, manifest
FROM snapshot
WHERE persistence_id = @persistence_id AND sequence_number <= @up_to AND length(snapshot) <= @max_bytes
ORDER BY sequence_number DESC
LIMIT 1
