DELETE FROM snapshot
WHERE persistence_id = @persistence_id
    AND sequence_number < (SELECT sequence_number FROM snapshot WHERE persistence_id = @persistence_id ORDER BY sequence_number DESC LIMIT 1 OFFSET 1)
