"""Sync: what is new for a device, asked of every feed and answered once there is something to say.

Owns tables: (none)
Streams: (reads those of the others)
Spec sections: client-server, Syncing
Not here: what a room, an account or a receipt adds to an answer (each domain's feed)
"""
