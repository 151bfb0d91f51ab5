-- Rooms that stand in the public directory.
CREATE TABLE published_rooms (
    room_id TEXT PRIMARY KEY
) {clustered};
