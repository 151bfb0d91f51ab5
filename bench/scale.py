"""How big the prepared town is and how long each measure lasts."""

import msgspec


class Scale(msgspec.Struct, frozen=True):
    """One size of the whole benchmark; the same for every server."""

    name: str
    group_members: tuple[int, int, int]
    connected_members: int
    chats: tuple[int, int, int]
    messages_per_chat: int
    pairs: int
    missed_chats: int
    missed_per_chat: int
    idle_polls: int
    warm_polls: int
    warm_s: float
    timed_s: float
    latency_messages: int


FULL = Scale(
    name="full",
    group_members=(10, 100, 1000),
    connected_members=200,
    chats=(10, 100, 500),
    messages_per_chat=20,
    pairs=32,
    missed_chats=50,
    missed_per_chat=20,
    idle_polls=500,
    warm_polls=50,
    warm_s=2.0,
    timed_s=8.0,
    latency_messages=200,
)

QUICK = Scale(
    name="quick",
    group_members=(10, 30, 60),
    connected_members=40,
    chats=(5, 20, 40),
    messages_per_chat=20,
    pairs=8,
    missed_chats=10,
    missed_per_chat=20,
    idle_polls=40,
    warm_polls=10,
    warm_s=0.5,
    timed_s=2.0,
    latency_messages=40,
)
