"""State resolution: which state holds after two branches of a room's history meet.

It arrives with federation; until then a room has one writer and its history never forks.
Spec: room version pages, State resolution.
"""
