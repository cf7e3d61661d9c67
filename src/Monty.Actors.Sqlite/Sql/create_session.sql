INSERT INTO session (tenant, name, version, epoch, status, is_active, created_us, changed_us, changed_day, due_us, closed_us, waiting_on, labels)
VALUES (@tenant, @name, @next_version, @epoch, @status, @is_active, @created_us, @changed_us, @changed_day, @due_us, @closed_us, @waiting_on, @labels)
RETURNING session_key
