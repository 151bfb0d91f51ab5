"""Push: what deserves somebody's attention, and how much of it is unread.

Owns tables: none
Streams: none (counts follow from rooms and receipts)
Spec sections: client-server, Receiving notifications, Predefined rules
Not here: how far somebody has read (receipts). Rules of one's own and pushers are not there yet.
"""
