-- What people reported: an event of a room (all three of it), a room, or a person; '' where something else is meant.
-- What somebody reports again is one report still, with the newer reason.
CREATE TABLE reports (
    report_id {key},
    reporter TEXT NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_at_ms BIGINT NOT NULL,
    resolved_at_ms BIGINT
);
CREATE UNIQUE INDEX reports_by_reporter ON reports (reporter, room_id, event_id, user_id);
