"""Push: what deserves somebody's attention, how much of it is unread, and telling those who want to be told.

Owns tables: push_rules, pushers, vapid_keys
Streams: push_rules (counts follow from rooms, receipts and these)
Spec sections: client-server, Push Notifications, Receiving notifications; push gateway; MSC4174
Not here: how far somebody has read (receipts); what a rule means (protocol/push_rules)
"""
