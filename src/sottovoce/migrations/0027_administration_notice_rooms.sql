-- The one room in which the server itself writes to somebody.
CREATE TABLE notice_rooms (
    user_id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL
) {clustered};
