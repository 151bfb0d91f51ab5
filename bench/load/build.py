"""Fills a fresh server with the town, through the client-server API alone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from bench.load.matrix import Account, Client, register
from bench.load.town import Group, Pair, Town
from bench.scale import Scale

# Enough to keep any server busy, not enough to make it queue for long.
_AT_ONCE = 8
_LAZY_FILTER: dict[str, object] = {"room": {"timeline": {"limit": 1}, "state": {"lazy_load_members": True}}}


async def build_town(port: int, scale: Scale) -> Town:
    """Everything the measures need exists on the server; takes minutes on a slow one."""
    builder = _Builder(port)
    members = await builder.people("member", max(*scale.group_members, scale.connected_members))
    groups = [await builder.group(f"Group of {size}", members[:size]) for size in scale.group_members]
    connected = await builder.group("Connected", members[: scale.connected_members])
    pairs = await builder.pairs(scale.pairs)
    crowd = await builder.group("Crowd", [pair.first for pair in pairs])
    friends = await builder.people("friend", 50)
    newcomers = await builder.people("newcomer", 3)
    await builder.newcomer_chats(newcomers, friends, scale)
    (traveller,) = await builder.people("traveller", 1)
    chats = await builder.traveller_chats(traveller, friends, scale.missed_chats)
    return Town(
        members=members,
        member_positions=await builder.positions(members),
        groups=groups,
        connected_group=connected,
        pairs=pairs,
        crowd_room_id=crowd.room_id,
        newcomers=newcomers,
        traveller=traveller,
        traveller_chats=chats,
    )


Item = TypeVar("Item")
Result = TypeVar("Result")


class _Builder:
    def __init__(self, port: int) -> None:
        self._port = port
        self._clients: dict[str, Client] = {}

    async def people(self, kind: str, count: int) -> list[Account]:
        return await _some_at_once(lambda number: register(self._port, f"{kind}{number}"), range(count))

    async def group(self, name: str, members: list[Account]) -> Group:
        room_id = await self._client(members[0]).create_room(name, preset="public_chat", invite=[])
        await _some_at_once(lambda member: self._client(member).join(room_id), members[1:])
        return Group(room_id, len(members))

    async def pairs(self, count: int) -> list[Pair]:
        people = await self.people("pair", 2 * count)

        async def meet(number: int) -> Pair:
            first, second = people[2 * number], people[2 * number + 1]
            return Pair(await self._chat(f"Pair {number}", first, [second]), first, second)

        return await _some_at_once(meet, range(count))

    async def newcomer_chats(self, newcomers: list[Account], friends: list[Account], scale: Scale) -> None:
        """Chats of two, and every other one of three; none is shared by two newcomers, so that none warms another's."""
        owners = [newcomer for newcomer, count in zip(newcomers, scale.chats, strict=True) for _ in range(count)]

        async def fill(number: int) -> None:
            host, third = friends[number % len(friends)], friends[(number + 1) % len(friends)]
            guests = [owners[number], third] if number % 2 else [owners[number]]
            room_id = await self._chat(f"Chat {number}", host, guests)
            writer = self._client(host)
            for sequence in range(scale.messages_per_chat):
                await writer.send(room_id, f"Message {sequence} of chat {number}: shall we meet at the usual place?")

        # One lane per friend: a device's messages go one after the other.
        async def lane(start: int) -> None:
            for number in range(start, len(owners), len(friends)):
                await fill(number)

        await _some_at_once(lane, range(len(friends)))

    async def traveller_chats(self, traveller: Account, friends: list[Account], count: int) -> list[Pair]:
        async def meet(number: int) -> Pair:
            friend = friends[number]
            return Pair(await self._chat(f"Journey {number}", friend, [traveller]), friend, traveller)

        return [await meet(number) for number in range(count)]

    async def positions(self, members: list[Account]) -> list[str]:
        async def position(member: Account) -> str:
            client = self._client(member)
            filter_id = await client.keep_filter(_LAZY_FILTER)
            return (await client.sync(filter_id=filter_id, query="&set_presence=offline")).next_batch

        return await _some_at_once(position, members)

    async def _chat(self, name: str, host: Account, guests: list[Account]) -> str:
        invite = [guest.user_id for guest in guests]
        room_id = await self._client(host).create_room(name, preset="private_chat", invite=invite)
        for guest in guests:
            await self._client(guest).join(room_id)
        return room_id

    def _client(self, account: Account) -> Client:
        return self._clients.setdefault(account.user_id, Client(self._port, account))


async def _some_at_once(work: Callable[[Item], Awaitable[Result]], items: Iterable[Item]) -> list[Result]:
    """All the results, in order, with a bounded number of items being worked on."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(item: Item) -> Result:
        async with places:
            return await work(item)

    return list(await asyncio.gather(*(one(item) for item in items)))
