-- Whoever wanted to be erased: newcomers do not read what they said.
ALTER TABLE users ADD COLUMN erased_at_ms BIGINT;
