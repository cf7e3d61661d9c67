UPDATE store SET epoch = epoch + 1 RETURNING epoch
