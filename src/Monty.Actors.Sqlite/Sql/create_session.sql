INSERT INTO session (tenant, name, persistence_id, version, status, is_active, created_us, changed_us, changed_day, due_us, closed_us, waiting_on, labels)
VALUES (@tenant, @name, @persistence_id, @version, @status, @is_active, @created_us, @changed_us, @changed_day, @due_us, @closed_us, @waiting_on, @labels)
