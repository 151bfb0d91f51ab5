"""App services: programs that bring other networks here, with users, rooms and aliases of their own.

Owns tables: app_service_progress, app_service_rooms
Streams: none
Spec sections: application-service; client-server, Third-party networks
Not here: the accounts they make and act as (accounts), what they may do in rooms (rooms)
"""
