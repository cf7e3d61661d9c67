INSERT INTO session (tenant, name, version, epoch, status, is_active, created_us, changed_us, due_us, closed_us, waiting_on, labels)
VALUES (@tenant, @name, @next_version, @epoch, @status, @is_active, @created_us, @changed_us, @due_us, @closed_us, @waiting_on, @labels)
ON CONFLICT (tenant, name) DO NOTHING
RETURNING session_key
