-- Rooms that app services list for their networks. Of one of them, network_id is unique.
CREATE TABLE app_service_rooms (
    app_service_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    PRIMARY KEY (app_service_id, network_id, room_id)
) {clustered};
CREATE INDEX app_service_rooms_by_room ON app_service_rooms (room_id);
