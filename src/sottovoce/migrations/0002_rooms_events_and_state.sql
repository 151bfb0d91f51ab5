-- A room; its key is the position of its create event.
CREATE TABLE rooms (
    room_key {key},
    room_id TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL
);

-- Every event, once. `replaces` is the position of the state event it took the place of, `redacted_by` that of its redaction.
-- device_id and txn_id are what its sender's device called it, so that a repeated request is recognised.
CREATE TABLE events (
    position {key},
    room_key BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT,
    replaces BIGINT,
    redacted_by BIGINT,
    device_id TEXT,
    txn_id TEXT,
    pdu {bytes} NOT NULL
);
CREATE UNIQUE INDEX events_by_id ON events (event_id);
CREATE INDEX events_by_room ON events (room_key, position);
CREATE INDEX events_state_by_position ON events (room_key, position) WHERE state_key IS NOT NULL;
CREATE INDEX events_state_by_key ON events (room_key, type, state_key, position) WHERE state_key IS NOT NULL;
CREATE INDEX events_by_transaction ON events (txn_id, device_id) WHERE txn_id IS NOT NULL;

-- The present state of each room. A room whose events stand in one line stores no other state:
-- what it was at an earlier position follows from events.replaces.
CREATE TABLE room_state (
    room_key BIGINT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    position BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    membership TEXT,
    PRIMARY KEY (room_key, type, state_key)
) {clustered};
CREATE INDEX room_state_by_member ON room_state (state_key, room_key) WHERE membership IS NOT NULL;

-- Rooms a person has left and does not want to hear of.
CREATE TABLE forgotten_rooms (
    user_id TEXT NOT NULL,
    room_key BIGINT NOT NULL,
    PRIMARY KEY (user_id, room_key)
) {clustered};
