-- Backups of keys that only their owner can read. A deleted one is remembered, so that its version is used once.
CREATE TABLE key_backups (
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    auth_data {bytes} NOT NULL,
    etag BIGINT NOT NULL,
    key_count BIGINT NOT NULL,
    is_deleted SMALLINT NOT NULL,
    PRIMARY KEY (user_id, version)
) {clustered};
CREATE TABLE backed_up_keys (
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    first_message_index BIGINT NOT NULL,
    forwarded_count BIGINT NOT NULL,
    is_verified SMALLINT NOT NULL,
    session_data {bytes} NOT NULL,
    PRIMARY KEY (user_id, version, room_id, session_id)
) {clustered};
