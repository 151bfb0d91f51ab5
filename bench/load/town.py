"""The town: the people and chats that a server is filled with before it is measured."""

import msgspec

from bench.load.matrix import Account

# Raise it when the builder makes something different: towns kept on disk are then built anew.
TOWN_FORMAT = 2


class Pair(msgspec.Struct, frozen=True):
    """Two people and the chat they share."""

    room_id: str
    first: Account
    second: Account


class Group(msgspec.Struct, frozen=True):
    """A named group; its members are the first so many of the town's members."""

    room_id: str
    size: int


class Town(msgspec.Struct, frozen=True):
    """Everyone and everything the measures use."""

    members: list[Account]
    """Members of the groups, none in anything else."""
    member_positions: list[str]
    """Where each member's /sync stood when the town was done."""
    groups: list[Group]
    """Small, medium, large."""
    connected_group: Group
    pairs: list[Pair]
    crowd_room_id: str
    """One chat that the first person of every pair is in."""
    newcomers: list[Account]
    """Three accounts, in few, some and many chats."""
    traveller: Account
    traveller_chats: list[Pair]
    """The chats of the traveller (second) and the friend who writes there (first)."""


class Site(msgspec.Struct, frozen=True):
    """A running server, as the load generator sees it."""

    port: int
    pids: tuple[int, ...]
    """The roots of the server's process trees, its database's included."""
    server_pid: int
    town: Town
