-- On databases other than SQLite and PostgreSQL, Akka.Persistence.Sql creates the tables journal and snapshot.
CREATE TABLE shard_claim (shard INTEGER NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, node {text} NOT NULL);

INSERT INTO shard_claim (shard, epoch, node) VALUES (0, 0, '');
