-- How far each person has read in each room, per kind of receipt and thread ('' = not of a thread, 'main' = the main timeline).
-- event_position is where the event stands, position when the receipt was given.
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
) {clustered};
CREATE INDEX receipts_by_position ON receipts (room_id, position);
