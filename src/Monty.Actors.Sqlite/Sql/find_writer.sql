SELECT writer_uuid FROM journal WHERE persistence_id = @persistence_id AND sequence_number = @sequence_number
