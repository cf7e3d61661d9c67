-- Returns the changes that are already stored: the row with the same key was written by the same incarnation.
SELECT g.ordinal
FROM unnest(@persistence_ids, @sequence_numbers, @writer_uuids) WITH ORDINALITY AS g (persistence_id, sequence_number, writer_uuid, ordinal)
CROSS JOIN LATERAL (
    SELECT FROM journal j
    WHERE j.persistence_id = g.persistence_id AND j.sequence_number = g.sequence_number AND j.writer_uuid = g.writer_uuid OFFSET 0) own
