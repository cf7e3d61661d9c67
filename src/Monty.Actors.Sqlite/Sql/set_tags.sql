UPDATE session SET waiting_on = @waiting_on, labels = @labels WHERE session_key = @session_key
