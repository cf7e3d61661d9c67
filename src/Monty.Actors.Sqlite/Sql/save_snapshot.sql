INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id)
SELECT @persistence_id, @sequence_number, @created, @snapshot, @manifest, @serializer_id
WHERE EXISTS (SELECT 1 FROM journal WHERE persistence_id = @persistence_id AND sequence_number = @sequence_number)
ON CONFLICT (persistence_id, sequence_number) DO UPDATE
SET created = excluded.created, snapshot = excluded.snapshot, manifest = excluded.manifest, serializer_id = excluded.serializer_id
