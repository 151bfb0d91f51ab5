-- The server itself: its name and keys, one row once it is set up.
CREATE TABLE server (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    signing_key_id TEXT NOT NULL,
    signing_key_seed {bytes} NOT NULL,
    sealing_key {bytes} NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- The hash of the code with which the server may be set up, until it is.
CREATE TABLE setup_codes (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    code_hash {bytes} NOT NULL
);

-- Accounts. One without a password cannot be signed in to.
CREATE TABLE users (
    user_id TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT,
    is_admin SMALLINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    deactivated_at_ms BIGINT
) {clustered};

CREATE TABLE profiles (
    user_id TEXT NOT NULL PRIMARY KEY,
    displayname TEXT,
    avatar_url TEXT
) {clustered};

CREATE TABLE devices (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    display_name TEXT,
    last_seen_at_ms BIGINT NOT NULL,
    last_seen_ip TEXT NOT NULL,
    PRIMARY KEY (user_id, device_id)
) {clustered};

-- Access tokens (kind 1) and refresh tokens (kind 2) of devices, by their hash.
-- state: 0 never used, 1 used, 2 spent by the use of a later generation.
CREATE TABLE tokens (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    kind SMALLINT NOT NULL,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT
) {clustered};
CREATE INDEX tokens_by_device ON tokens (user_id, device_id);

-- Tokens with which accounts may be created, by their hash. No limit: any number of uses, or for ever.
CREATE TABLE registration_tokens (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    uses_allowed BIGINT,
    uses BIGINT NOT NULL,
    expires_at_ms BIGINT,
    CHECK (uses_allowed IS NULL OR uses <= uses_allowed)
) {clustered};

-- What clients keep for their owner. room_id is empty for what is about no room.
CREATE TABLE account_data (
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    content {bytes} NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (user_id, room_id, type)
) {clustered};
CREATE INDEX account_data_by_position ON account_data (user_id, position);

CREATE TABLE filters (
    user_id TEXT NOT NULL,
    filter_id TEXT NOT NULL,
    definition {bytes} NOT NULL,
    PRIMARY KEY (user_id, filter_id)
) {clustered};
