UPDATE session SET status = @status, is_active = @is_active, closed_us = @closed_us, changed_day = @changed_day WHERE session_key = @session_key
