"""Directory: names that lead to rooms, the public list of rooms where the server keeps one, and finding people.

Owns tables: aliases, published_rooms
Streams: (none)
Spec sections: client-server, Room aliases, Published room directory, User Directory
Not here: what a room calls itself (rooms), the lists of application services
"""
