SELECT epoch FROM shard_claim WHERE shard = 0
