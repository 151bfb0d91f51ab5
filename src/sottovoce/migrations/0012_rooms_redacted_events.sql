-- What redacted events said, on servers that keep it for their administrators a while.
CREATE TABLE redacted_events (
    position BIGINT NOT NULL PRIMARY KEY,
    room_key BIGINT NOT NULL,
    pdu {bytes} NOT NULL,
    kept_until_ms BIGINT NOT NULL
) {clustered};
CREATE INDEX redacted_events_by_end ON redacted_events (kept_until_ms);
