SELECT node FROM shard_claim WHERE shard = 0
