"""Changes: what happened, in which order, and who should look.

Owns tables: positions
Streams: (carries those of the other domains)
Spec sections: client-server, Syncing (the meaning of `since` and `next_batch`)
Not here: what changed. A change names a stream, a position and the people concerned, never content.
"""
