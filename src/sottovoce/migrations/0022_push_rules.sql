-- What people changed of their push rules; who changed nothing has no row.
CREATE TABLE push_rules (
    user_id TEXT NOT NULL PRIMARY KEY,
    own {bytes} NOT NULL,
    position BIGINT NOT NULL
) {clustered};
