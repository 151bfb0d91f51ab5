"""Delayed events: what people asked to be sent later, unless they change their mind.

Owns tables: delayed_events
Streams: (none)
Spec sections: client-server, proposal 4140: Cancellable delayed events
Not here: sending them (rooms)
"""
