DELETE FROM session WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.persistence_id = session.persistence_id)
