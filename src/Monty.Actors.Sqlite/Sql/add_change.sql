INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
VALUES (@created, 0, @persistence_id, @sequence_number, @message, @manifest, @identifier, @writer_uuid)
