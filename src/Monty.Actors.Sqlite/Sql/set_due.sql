UPDATE session SET due_us = @due_us WHERE session_key = @session_key
