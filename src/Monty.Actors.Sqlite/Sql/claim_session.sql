UPDATE session SET epoch = @epoch WHERE tenant = @tenant AND name = @name AND epoch < @epoch
