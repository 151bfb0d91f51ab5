-- What an administrator calls a registration token, and since when it is there.
ALTER TABLE registration_tokens ADD COLUMN label TEXT;
ALTER TABLE registration_tokens ADD COLUMN created_at_ms BIGINT;
