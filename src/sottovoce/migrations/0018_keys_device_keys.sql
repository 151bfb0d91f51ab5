-- What a device is known by, as it signed it.
CREATE TABLE device_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    keys {bytes} NOT NULL,
    PRIMARY KEY (user_id, device_id)
) {clustered};
CREATE TABLE one_time_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (user_id, device_id, algorithm, key_id)
) {clustered};
CREATE INDEX one_time_keys_by_age ON one_time_keys (user_id, device_id, algorithm, position);
CREATE TABLE fallback_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    content {bytes} NOT NULL,
    is_used SMALLINT NOT NULL,
    PRIMARY KEY (user_id, device_id, algorithm)
) {clustered};
-- When each person's devices or keys changed last.
CREATE TABLE device_list_changes (
    user_id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
) {clustered};
CREATE INDEX device_list_changes_by_position ON device_list_changes (position);
