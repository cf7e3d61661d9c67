SELECT tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels FROM session WHERE tenant = @tenant AND name = @name
