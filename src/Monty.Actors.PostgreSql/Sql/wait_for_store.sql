SELECT pg_advisory_lock(1296979033, hashtext(@schema))
