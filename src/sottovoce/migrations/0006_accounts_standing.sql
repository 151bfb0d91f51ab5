-- Guests have an account without a password. A locked account does nothing, a suspended one only reads.
ALTER TABLE users ADD COLUMN is_guest SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN locked_at_ms BIGINT;
ALTER TABLE users ADD COLUMN suspended_at_ms BIGINT;

-- Short-lived proofs of who somebody is, by their hash: for signing in once (kind 3), for other services (kind 4).
CREATE TABLE passes (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    kind SMALLINT NOT NULL,
    user_id TEXT NOT NULL,
    uses SMALLINT NOT NULL CHECK (uses <= 1),
    expires_at_ms BIGINT NOT NULL
) {clustered};
CREATE INDEX passes_by_user ON passes (user_id);
CREATE INDEX passes_by_end ON passes (expires_at_ms);
