UPDATE shard_claim SET epoch = epoch + 1, node = @node WHERE shard = 0 RETURNING epoch
