UPDATE session SET version = @next_version, epoch = @epoch, created_us = @created_us, changed_us = @changed_us WHERE session_key = @session_key
