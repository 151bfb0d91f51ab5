-- Names that lead to rooms.
CREATE TABLE aliases (
    alias TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    creator TEXT NOT NULL
) {clustered};
CREATE INDEX aliases_by_room ON aliases (room_id);
