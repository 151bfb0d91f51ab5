"""Directory: names that lead to rooms, and the rooms that stand in the public list, where the server keeps one.

Owns tables: aliases, published_rooms
Streams: (none)
Spec sections: client-server, Room aliases, Published room directory
Not here: what a room calls itself (rooms), the lists of application services
"""
