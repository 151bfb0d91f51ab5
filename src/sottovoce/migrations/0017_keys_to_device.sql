-- Messages that wait for a device until it says that it has them.
CREATE TABLE to_device_messages (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    event {bytes} NOT NULL,
    PRIMARY KEY (user_id, device_id, position)
) {clustered};
-- Requests that sent some, by the device that sent them: repeated, they send nothing again.
CREATE TABLE to_device_transactions (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    type TEXT NOT NULL,
    txn_id TEXT NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, device_id, type, txn_id)
) {clustered};
CREATE INDEX to_device_transactions_by_time ON to_device_transactions (sent_at_ms);
