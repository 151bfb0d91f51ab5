"""Rooms: their events, their state, who is in them, and who may see what.

Owns tables: rooms, events, room_state, forgotten_rooms, erased_rooms, redacted_events, relations
Streams: rooms
Spec sections: client-server, Rooms, Events, Room membership, Redactions, Event relationships, Room history visibility
Not here: aliases and directory (directory), receipts and markers (receipts), unread counts (push)
"""
