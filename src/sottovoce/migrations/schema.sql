-- What the migrations make, whole. Made by `python -m tools.schema`; change a migration, not this file.

CREATE TABLE account_data (
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    content BLOB NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (user_id, room_id, type)
) WITHOUT ROWID;
CREATE INDEX account_data_by_position ON account_data (user_id, position);
CREATE TABLE aliases (
    alias TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    creator TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX aliases_by_room ON aliases (room_id);
CREATE TABLE app_service_progress (
    app_service_id TEXT NOT NULL PRIMARY KEY,
    told_until BIGINT NOT NULL,
    txn_id TEXT NOT NULL,
    txn_until BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE app_service_rooms (
    app_service_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    PRIMARY KEY (app_service_id, network_id, room_id)
) WITHOUT ROWID;
CREATE INDEX app_service_rooms_by_room ON app_service_rooms (room_id);
CREATE TABLE backed_up_keys (
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    first_message_index BIGINT NOT NULL,
    forwarded_count BIGINT NOT NULL,
    is_verified SMALLINT NOT NULL,
    session_data BLOB NOT NULL,
    PRIMARY KEY (user_id, version, room_id, session_id)
) WITHOUT ROWID;
CREATE TABLE cross_signing_keys (
    user_id TEXT NOT NULL,
    usage TEXT NOT NULL,
    public_key TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (user_id, usage)
) WITHOUT ROWID;
CREATE TABLE dehydrated_devices (
    user_id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL,
    device_data BLOB NOT NULL,
    display_name TEXT
) WITHOUT ROWID;
CREATE TABLE delayed_events (
    delay_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    txn_id TEXT,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT,
    content BLOB NOT NULL,
    sent_at_ms BIGINT,
    delay_ms BIGINT NOT NULL,
    delayed_since_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    finalised_at_ms BIGINT,
    event_id TEXT,
    error BLOB
) WITHOUT ROWID;
CREATE UNIQUE INDEX delayed_events_by_transaction ON delayed_events (user_id, device_id, txn_id, room_id, type)
    WHERE txn_id IS NOT NULL;
CREATE INDEX delayed_events_due ON delayed_events (due_at_ms) WHERE finalised_at_ms IS NULL;
CREATE INDEX delayed_events_finalised ON delayed_events (user_id, finalised_at_ms) WHERE finalised_at_ms IS NOT NULL;
CREATE INDEX delayed_events_scheduled ON delayed_events (user_id, due_at_ms) WHERE finalised_at_ms IS NULL;
CREATE VIRTUAL TABLE derived_search USING fts5(room_key UNINDEXED, place, words, prefix = '2 3');
CREATE TABLE derived_search_cursor (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL
);
CREATE TABLE device_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID;
CREATE TABLE device_list_changes (
    user_id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX device_list_changes_by_position ON device_list_changes (position);
CREATE TABLE devices (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    display_name TEXT,
    last_seen_at_ms BIGINT NOT NULL,
    last_seen_ip TEXT NOT NULL,
    PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID;
CREATE TABLE email_validations (
    sid TEXT NOT NULL PRIMARY KEY,
    purpose SMALLINT NOT NULL,
    address TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    send_attempt BIGINT NOT NULL,
    next_link TEXT,
    expires_at_ms BIGINT NOT NULL,
    validated_at_ms BIGINT
) WITHOUT ROWID;
CREATE INDEX email_validations_by_address ON email_validations (address, purpose);
CREATE INDEX email_validations_by_end ON email_validations (expires_at_ms);
CREATE TABLE erased_rooms (
    room_key BIGINT PRIMARY KEY,
    erased_at_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    room_key BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT,
    replaces BIGINT,
    redacted_by BIGINT,
    device_id TEXT,
    txn_id TEXT,
    pdu BLOB NOT NULL
);
CREATE UNIQUE INDEX events_by_id ON events (event_id);
CREATE INDEX events_by_room ON events (room_key, position);
CREATE INDEX events_by_transaction ON events (txn_id, device_id) WHERE txn_id IS NOT NULL;
CREATE INDEX events_state_by_key ON events (room_key, type, state_key, position) WHERE state_key IS NOT NULL;
CREATE INDEX events_state_by_position ON events (room_key, position) WHERE state_key IS NOT NULL;
CREATE TABLE fallback_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    content BLOB NOT NULL,
    is_used SMALLINT NOT NULL,
    PRIMARY KEY (user_id, device_id, algorithm)
) WITHOUT ROWID;
CREATE TABLE filters (
    user_id TEXT NOT NULL,
    filter_id TEXT NOT NULL,
    definition BLOB NOT NULL,
    PRIMARY KEY (user_id, filter_id)
) WITHOUT ROWID;
CREATE TABLE forgotten_rooms (
    user_id TEXT NOT NULL,
    room_key BIGINT NOT NULL,
    PRIMARY KEY (user_id, room_key)
) WITHOUT ROWID;
CREATE TABLE key_backups (
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    auth_data BLOB NOT NULL,
    etag BIGINT NOT NULL,
    key_count BIGINT NOT NULL,
    is_deleted SMALLINT NOT NULL,
    PRIMARY KEY (user_id, version)
) WITHOUT ROWID;
CREATE TABLE key_signatures (
    user_id TEXT NOT NULL,
    signed_id TEXT NOT NULL,
    signer_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (user_id, signed_id, signer_id, key_id)
) WITHOUT ROWID;
CREATE INDEX key_signatures_by_signer ON key_signatures (signer_id, key_id);
CREATE TABLE notice_rooms (
    user_id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE one_time_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (user_id, device_id, algorithm, key_id)
) WITHOUT ROWID;
CREATE INDEX one_time_keys_by_age ON one_time_keys (user_id, device_id, algorithm, position);
CREATE TABLE passes (
    token_hash BLOB NOT NULL PRIMARY KEY,
    kind SMALLINT NOT NULL,
    user_id TEXT NOT NULL,
    uses SMALLINT NOT NULL CHECK (uses <= 1),
    expires_at_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX passes_by_end ON passes (expires_at_ms);
CREATE INDEX passes_by_user ON passes (user_id);
CREATE TABLE positions (
    writer TEXT NOT NULL PRIMARY KEY,
    reserved BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE presence_statuses (
    user_id TEXT NOT NULL PRIMARY KEY,
    status_msg TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE profile_fields (
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (user_id, name)
) WITHOUT ROWID;
CREATE TABLE profile_news (
    user_id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE profiles (
    user_id TEXT NOT NULL PRIMARY KEY,
    displayname TEXT,
    avatar_url TEXT
) WITHOUT ROWID;
CREATE TABLE published_rooms (
    room_id TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE push_rules (
    user_id TEXT NOT NULL PRIMARY KEY,
    own BLOB NOT NULL,
    position BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pushers (
    user_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    pushkey TEXT NOT NULL,
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    said BLOB NOT NULL,
    set_at_ms BIGINT NOT NULL,
    position BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at_ms BIGINT,
    is_active SMALLINT NOT NULL,
    ack_token TEXT,
    ack_until_ms BIGINT,
    PRIMARY KEY (user_id, app_id, pushkey)
) WITHOUT ROWID;
CREATE INDEX pushers_by_pushkey ON pushers (pushkey, app_id);
CREATE TABLE receipts (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    receipt_type TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_position BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id, receipt_type, thread_id)
) WITHOUT ROWID;
CREATE INDEX receipts_by_position ON receipts (room_id, position);
CREATE TABLE redacted_events (
    position BIGINT NOT NULL PRIMARY KEY,
    room_key BIGINT NOT NULL,
    pdu BLOB NOT NULL,
    kept_until_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX redacted_events_by_end ON redacted_events (kept_until_ms);
CREATE TABLE registration_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    uses_allowed BIGINT,
    uses BIGINT NOT NULL,
    expires_at_ms BIGINT, label TEXT, created_at_ms BIGINT,
    CHECK (uses_allowed IS NULL OR uses <= uses_allowed)
) WITHOUT ROWID;
CREATE TABLE relations (
    room_key BIGINT NOT NULL,
    parent BIGINT NOT NULL,
    rel_type TEXT NOT NULL,
    child BIGINT NOT NULL,
    type TEXT NOT NULL,
    sender TEXT NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    PRIMARY KEY (room_key, parent, rel_type, child)
) WITHOUT ROWID;
CREATE INDEX relations_of_threads ON relations (room_key, parent, child) WHERE rel_type = 'm.thread';
CREATE TABLE reports (
    report_id INTEGER PRIMARY KEY,
    reporter TEXT NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_at_ms BIGINT NOT NULL,
    resolved_at_ms BIGINT
);
CREATE UNIQUE INDEX reports_by_reporter ON reports (reporter, room_id, event_id, user_id);
CREATE TABLE room_state (
    room_key BIGINT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    position BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    membership TEXT,
    PRIMARY KEY (room_key, type, state_key)
) WITHOUT ROWID;
CREATE INDEX room_state_by_member ON room_state (state_key, room_key) WHERE membership IS NOT NULL;
CREATE TABLE rooms (
    room_key INTEGER PRIMARY KEY,
    room_id TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL
);
CREATE TABLE server (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    signing_key_id TEXT NOT NULL,
    signing_key_seed BLOB NOT NULL,
    sealing_key BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE TABLE setup_codes (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    code_hash BLOB NOT NULL
);
CREATE TABLE signed_people (
    signer_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (signer_id, user_id)
) WITHOUT ROWID;
CREATE INDEX signed_people_by_position ON signed_people (signer_id, position);
CREATE TABLE third_party_ids (
    medium TEXT NOT NULL,
    address TEXT NOT NULL,
    user_id TEXT NOT NULL,
    validated_at_ms BIGINT NOT NULL,
    added_at_ms BIGINT NOT NULL,
    PRIMARY KEY (medium, address)
) WITHOUT ROWID;
CREATE INDEX third_party_ids_by_user ON third_party_ids (user_id);
CREATE TABLE to_device_messages (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    event BLOB NOT NULL,
    PRIMARY KEY (user_id, device_id, position)
) WITHOUT ROWID;
CREATE TABLE to_device_transactions (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    type TEXT NOT NULL,
    txn_id TEXT NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, device_id, type, txn_id)
) WITHOUT ROWID;
CREATE INDEX to_device_transactions_by_time ON to_device_transactions (sent_at_ms);
CREATE TABLE tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    kind SMALLINT NOT NULL,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT
) WITHOUT ROWID;
CREATE INDEX tokens_by_device ON tokens (user_id, device_id);
CREATE TABLE users (
    user_id TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT,
    is_admin SMALLINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    deactivated_at_ms BIGINT
, is_guest SMALLINT NOT NULL DEFAULT 0, locked_at_ms BIGINT, suspended_at_ms BIGINT, erased_at_ms BIGINT, terms_version TEXT) WITHOUT ROWID;
CREATE TABLE vapid_keys (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    private_key BLOB NOT NULL
);
