-- Which event relates to which other of its room, both by position. Only relations that keep the rules of their kind;
-- a redacted event relates to nothing. sent_at_ms is the child's own time, by which edits are compared.
CREATE TABLE relations (
    room_key BIGINT NOT NULL,
    parent BIGINT NOT NULL,
    rel_type TEXT NOT NULL,
    child BIGINT NOT NULL,
    type TEXT NOT NULL,
    sender TEXT NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    PRIMARY KEY (room_key, parent, rel_type, child)
) {clustered};
CREATE INDEX relations_of_threads ON relations (room_key, parent, child) WHERE rel_type = 'm.thread';
