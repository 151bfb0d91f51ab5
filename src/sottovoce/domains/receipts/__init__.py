"""Receipts: how far each person has read in each room.

Owns tables: receipts
Streams: receipts
Spec sections: client-server, Receipts, Read and unread markers
Not here: the fully read marker's row (accounts keep it, as account data of the room), unread counts (push)
"""
