"""Keys: what devices need of a server to talk to each other so that it does not understand them.

Owns tables: to_device_messages, to_device_transactions, device_keys, one_time_keys, fallback_keys,
    device_list_changes, cross_signing_keys, key_signatures, signed_people, key_backups, backed_up_keys,
    dehydrated_devices
Streams: to_device, device_lists, key_counts
Spec sections: client-server, Send-to-Device messaging, End-to-End Encryption
Not here: the devices themselves, their names and tokens (accounts); encrypted events in rooms, which are events (rooms)
"""
