-- How far each app service has been told. The log of events is the outbox; this is the place in it.
CREATE TABLE app_service_progress (
    app_service_id TEXT NOT NULL PRIMARY KEY,
    told_until BIGINT NOT NULL,
    txn_id TEXT NOT NULL,
    txn_until BIGINT NOT NULL
) {clustered};
