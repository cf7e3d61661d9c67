-- Saves the snapshot only if its change exists. A snapshot that outlived a purge would be read by the next session of that name.
-- The purge waits for the lock, and deletes the snapshots after the changes.
WITH change AS MATERIALIZED (
    SELECT sequence_number FROM journal WHERE persistence_id = @persistence_id AND sequence_number = @sequence_number FOR KEY SHARE
),
newest AS MATERIALIZED (
    SELECT sequence_number FROM snapshot WHERE persistence_id = @persistence_id AND sequence_number <> @sequence_number ORDER BY sequence_number DESC LIMIT 2
),
kept AS MATERIALIZED (
    SELECT greatest((SELECT sequence_number FROM newest OFFSET 1), least((SELECT sequence_number FROM newest LIMIT 1), @sequence_number)) AS oldest
),
saved AS (
    INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id)
    SELECT @persistence_id, c.sequence_number, @created, @snapshot, @manifest, @serializer_id
    FROM change c CROSS JOIN kept WHERE c.sequence_number >= kept.oldest
    ON CONFLICT (persistence_id, sequence_number) DO UPDATE
    SET created = excluded.created, snapshot = excluded.snapshot, manifest = excluded.manifest, serializer_id = excluded.serializer_id
)
DELETE FROM snapshot WHERE persistence_id = @persistence_id AND sequence_number < (SELECT oldest FROM kept)
