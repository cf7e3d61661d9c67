SELECT version FROM session WHERE tenant = @tenant AND name = @name
