-- The keys with which people sign their devices and each other, without signatures.
CREATE TABLE cross_signing_keys (
    user_id TEXT NOT NULL,
    usage TEXT NOT NULL,
    public_key TEXT NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (user_id, usage)
) {clustered};
-- What was signed by whom: a device (by its id) or a cross-signing key (by its public key) of a person.
CREATE TABLE key_signatures (
    user_id TEXT NOT NULL,
    signed_id TEXT NOT NULL,
    signer_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (user_id, signed_id, signer_id, key_id)
) {clustered};
CREATE INDEX key_signatures_by_signer ON key_signatures (signer_id, key_id);
-- Whose keys somebody signed, and when last: only the signer's devices are told.
CREATE TABLE signed_people (
    signer_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (signer_id, user_id)
) {clustered};
CREATE INDEX signed_people_by_position ON signed_people (signer_id, position);
