UPDATE session
SET version = @next_version, epoch = @epoch, status = @status, is_active = @is_active, created_us = @created_us, changed_us = @changed_us,
    due_us = @due_us, closed_us = @closed_us, waiting_on = @waiting_on, labels = @labels
WHERE tenant = @tenant AND name = @name AND version = @expected_version AND epoch <= @epoch
RETURNING session_key
