-- Rooms that were erased: who was in them is still there, without content, until every device may have heard of the end.
CREATE TABLE erased_rooms (
    room_key BIGINT PRIMARY KEY,
    erased_at_ms BIGINT NOT NULL
) {clustered};
