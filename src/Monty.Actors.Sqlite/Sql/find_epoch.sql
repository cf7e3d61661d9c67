SELECT epoch FROM session WHERE tenant = @tenant AND name = @name
