-- What messages, names and topics say, by the position of their event, for searching. Tables called derived_… hold only
-- what follows from other tables: they are made again rather than moved from one engine to the other.
-- place: the room and which key of the content it is, as words of their own.
{only sqlite}
CREATE VIRTUAL TABLE derived_search USING fts5(room_key UNINDEXED, place, words, prefix = '2 3');
INSERT INTO derived_search (derived_search, rank) VALUES ('secure-delete', 1);
{end}
{only postgresql}
CREATE TABLE derived_search (
    position BIGINT NOT NULL PRIMARY KEY,
    room_key BIGINT NOT NULL,
    words TSVECTOR NOT NULL
);
CREATE INDEX derived_search_words ON derived_search USING gin (words);
CREATE INDEX derived_search_rooms ON derived_search (room_key);
{end}

-- How far events have been looked at.
CREATE TABLE derived_search_cursor (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL
);
