UPDATE shard_claim SET epoch = epoch + 1, node = @node WHERE shard = 0 AND EXISTS (SELECT FROM store WHERE store_key = 1 AND cluster = '') RETURNING epoch
