-- Addresses outside Matrix by which people prove who they are.
CREATE TABLE third_party_ids (
    medium TEXT NOT NULL,
    address TEXT NOT NULL,
    user_id TEXT NOT NULL,
    validated_at_ms BIGINT NOT NULL,
    added_at_ms BIGINT NOT NULL,
    PRIMARY KEY (medium, address)
) {clustered};
CREATE INDEX third_party_ids_by_user ON third_party_ids (user_id);

-- Who is showing that an e-mail address is theirs. Secrets and tokens by their hash.
-- purpose: 1 to register, 2 to reset a password, 3 to add it to an account.
CREATE TABLE email_validations (
    sid TEXT NOT NULL PRIMARY KEY,
    purpose SMALLINT NOT NULL,
    address TEXT NOT NULL,
    secret_hash {bytes} NOT NULL,
    token_hash {bytes} NOT NULL,
    send_attempt BIGINT NOT NULL,
    next_link TEXT,
    expires_at_ms BIGINT NOT NULL,
    validated_at_ms BIGINT
) {clustered};
CREATE INDEX email_validations_by_address ON email_validations (address, purpose);
CREATE INDEX email_validations_by_end ON email_validations (expires_at_ms);

-- Which version of the terms somebody agreed to when they registered.
ALTER TABLE users ADD COLUMN terms_version TEXT;
