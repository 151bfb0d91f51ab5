"""Administration: what whoever runs the server does that concerns several domains at once.

Owns tables: notice_rooms
Streams: none
Spec sections: client-server, Server Notices
Not here: accounts and registration tokens (accounts), what is erased of a room (rooms), reports (reports)
"""
