SELECT DISTINCT persistence_id FROM journal WHERE persistence_id > @after ORDER BY persistence_id LIMIT @max
