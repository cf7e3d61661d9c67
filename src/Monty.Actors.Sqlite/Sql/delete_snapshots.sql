DELETE FROM snapshot WHERE persistence_id = @persistence_id AND sequence_number <= @up_to
