"""Keys: what devices need of a server to talk to each other so that it does not understand them.

Owns tables: to_device_messages, to_device_transactions
Streams: to_device
Spec sections: client-server, Send-to-Device messaging
Not here: the devices themselves, their names and tokens (accounts); encrypted events in rooms, which are events (rooms)
"""
