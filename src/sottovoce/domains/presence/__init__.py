"""Presence: who is there now, and who is typing.

Owns tables: presence_statuses
Streams: presence, typing
Spec sections: client-server, Presence, Typing notifications
Not here: when a device was last seen (accounts)
"""
