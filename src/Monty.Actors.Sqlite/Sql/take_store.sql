UPDATE store SET epoch = epoch + 1, holder = @holder RETURNING epoch
