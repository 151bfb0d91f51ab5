"""Directory: names that lead to rooms.

Owns tables: aliases
Streams: (none)
Spec sections: client-server, Room aliases
Not here: the public list of rooms, which this server does not keep
"""
