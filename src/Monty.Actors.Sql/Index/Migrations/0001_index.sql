-- The index of the sessions, in the same form on every database. The types in braces are those of SqlDialect. The persistence id is unique on every database,
-- because it ends with a hash, even if the database ignores case in comparisons. A row of version 0 belongs to a session whose first change is being written.
CREATE TABLE sql_session (
    persistence_id {key} NOT NULL PRIMARY KEY,
    tenant {id} NOT NULL,
    name {id} NOT NULL,
    version BIGINT NOT NULL,
    status SMALLINT NOT NULL,
    is_active {flag} NOT NULL,
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    due_us BIGINT,
    waiting_on {text},
    labels {text}
);

CREATE INDEX sql_session_by_name ON sql_session (tenant, name);

CREATE INDEX sql_session_by_status ON sql_session (tenant, status, name);

CREATE INDEX sql_session_active ON sql_session (is_active, tenant, name);

CREATE INDEX sql_session_due ON sql_session (due_us, tenant, name);

CREATE INDEX sql_session_closed ON sql_session (status, changed_us);

-- tag_kind: 1 for a tool that the session waits for, 2 for a label.
CREATE TABLE sql_session_tag (
    persistence_id {key} NOT NULL,
    tag_kind SMALLINT NOT NULL,
    tag {tag} NOT NULL,
    tenant {id} NOT NULL,
    name {id} NOT NULL,
    PRIMARY KEY (persistence_id, tag_kind, tag)
);

CREATE INDEX sql_session_tag_by_tag ON sql_session_tag (tenant, tag_kind, tag, name);
