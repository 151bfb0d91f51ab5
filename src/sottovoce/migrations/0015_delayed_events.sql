-- Events that people asked to be sent later. due_at_ms is when, delayed_since_ms since when the delay runs.
-- sent_at_ms: what the event shall say of its time, where an app service asked for that. txn_id: none where state was
-- set the older way. finalised_at_ms: it was sent (then it has an event_id), failed (an error) or was cancelled.
CREATE TABLE delayed_events (
    delay_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    txn_id TEXT,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT,
    content {bytes} NOT NULL,
    sent_at_ms BIGINT,
    delay_ms BIGINT NOT NULL,
    delayed_since_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    finalised_at_ms BIGINT,
    event_id TEXT,
    error {bytes}
) {clustered};
CREATE INDEX delayed_events_due ON delayed_events (due_at_ms) WHERE finalised_at_ms IS NULL;
CREATE INDEX delayed_events_scheduled ON delayed_events (user_id, due_at_ms) WHERE finalised_at_ms IS NULL;
CREATE INDEX delayed_events_finalised ON delayed_events (user_id, finalised_at_ms) WHERE finalised_at_ms IS NOT NULL;
CREATE UNIQUE INDEX delayed_events_by_transaction ON delayed_events (user_id, device_id, txn_id, room_id, type)
    WHERE txn_id IS NOT NULL;
