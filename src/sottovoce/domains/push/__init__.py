"""Push: what deserves somebody's attention, and how much of it is unread.

Owns tables: push_rules
Streams: push_rules (counts follow from rooms, receipts and these)
Spec sections: client-server, Push Notifications, Receiving notifications
Not here: how far somebody has read (receipts); what a rule means (protocol/push_rules)
"""
