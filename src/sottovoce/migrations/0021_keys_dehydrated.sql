-- Of each person one device that nobody uses now: what only its owner can read brings it back.
CREATE TABLE dehydrated_devices (
    user_id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL,
    device_data {bytes} NOT NULL,
    display_name TEXT
) {clustered};
