UPDATE session SET version = @version, created_us = @created_us, changed_us = @changed_us WHERE session_key = @session_key
