"""Search: finding messages, names and topics of rooms by their words.

Owns tables: derived_search, derived_search_cursor
Streams: (none)
Spec sections: client-server, Server Side Search
Not here: finding people and rooms (directory)
"""
