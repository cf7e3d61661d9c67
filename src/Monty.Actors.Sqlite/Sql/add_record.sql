INSERT INTO record (session_key, version, kind, schema, at_us, payload) VALUES (@session_key, @version, @kind, @schema, @at_us, @payload)
