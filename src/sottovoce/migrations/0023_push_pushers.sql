-- Where people want to be told, app by app. Everything up to `position` has been told there.
CREATE TABLE pushers (
    user_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    pushkey TEXT NOT NULL,
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    said {bytes} NOT NULL,
    set_at_ms BIGINT NOT NULL,
    position BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at_ms BIGINT,
    is_active SMALLINT NOT NULL,
    ack_token TEXT,
    ack_until_ms BIGINT,
    PRIMARY KEY (user_id, app_id, pushkey)
) {clustered};
CREATE INDEX pushers_by_pushkey ON pushers (pushkey, app_id);
-- The key by which services of web push know this server.
CREATE TABLE vapid_keys (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    private_key {bytes} NOT NULL
);
