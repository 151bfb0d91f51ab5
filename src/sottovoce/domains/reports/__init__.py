"""Reports: what people find should not be here, for whoever looks after the server.

Owns tables: reports
Streams: (none)
Spec sections: client-server, Reporting Content
Not here: what is done about it (administration)
"""
