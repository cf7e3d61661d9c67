SELECT sequence_number FROM journal WHERE persistence_id = @persistence_id ORDER BY sequence_number DESC LIMIT 1
