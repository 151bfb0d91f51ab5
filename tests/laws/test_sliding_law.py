"""Whoever follows along in a sliding sync knows what whoever begins anew is told, whatever was lost on the way."""

import asyncio
import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sottovoce.domains.changes.service as changes_service
from tests.helpers.people import room
from tests.helpers.server import RunningServer
from tests.helpers.sliding_client import EVERYTHING, LAZY, KnownRoom, SlidingClient, a_list
from tests.laws.test_sync_law import ACTIONS, PEOPLE, ROOMS, World

NAMES = {"include": [{"type": "m.room.name"}, {"type": "m.room.topic", "state_key": ""}]}
EXTENSIONS = {name: {"enabled": True} for name in ("account_data", "receipts", "typing", "to_device")}
VIEWS: tuple[dict[str, Any], ...] = (
    {"lists": {"all": a_list(timeline_limit=10, required_state=EVERYTHING)}},
    {"lists": {"one": a_list(0, 0, timeline_limit=1, required_state=NAMES)}},
    {"lists": {"two": a_list(0, 1, timeline_limit=3, required_state=LAZY)}},
    {
        "lists": {
            "invited": a_list(is_invited=True),
            "direct": a_list(is_dm=True, timeline_limit=5, required_state=LAZY),
            "named": a_list(0, 0, tags=["u.n1"], required_state=NAMES),
        }
    },
    {},
)
"""What a client may look at; rooms it subscribes to are added."""

LOOKS = st.tuples(st.just("look"), PEOPLE, st.integers(0, len(VIEWS) - 1), st.one_of(st.none(), ROOMS))
SAYINGS = st.tuples(st.just("say"), PEOPLE, ROOMS, st.integers(1, 3))
SLIDING_ACTIONS = st.one_of(
    ACTIONS,
    LOOKS,
    st.tuples(st.just("lose"), PEOPLE),
    st.tuples(st.just("tag"), PEOPLE, ROOMS, st.integers(0, 1)),
    st.tuples(st.just("direct"), PEOPLE, ROOMS),
    st.tuples(st.just("type"), PEOPLE, ROOMS, st.booleans()),
    st.tuples(st.just("hand"), PEOPLE, PEOPLE),
)
STEPS = st.lists(
    st.tuples(st.one_of(SLIDING_ACTIONS, SAYINGS, LOOKS), st.sets(PEOPLE)),
    min_size=5,
    max_size=25,
)
"""What somebody does, and who syncs after that."""


class SlidingWorld(World):
    """Three people, two rooms, and a sliding client of each that follows along."""

    handed = 0

    async def begin(self) -> None:
        await super().begin()
        self.sliding = [self.looking(SlidingClient(person), who, None) for who, person in enumerate(self.people)]
        for who in range(len(self.people)):
            await self.follow(who)

    def looking(self, client: SlidingClient, view: int, subscribed: int | None) -> SlidingClient:
        client.body = copy.deepcopy(VIEWS[view]) | {"extensions": copy.deepcopy(EXTENSIONS)}
        if subscribed is not None:
            asked = {"timeline_limit": 4, "required_state": EVERYTHING}
            client.body["room_subscriptions"] = {self.rooms[subscribed]: asked}
        return client

    async def do(self, action: tuple[Any, ...]) -> None:
        """What somebody tries, in a room or with their client; the rules may refuse it."""
        match action:
            case ("sync", who):
                await self.follow(who)
            case ("lose", who):
                await self.sliding[who].asks()
            case ("look", who, view, subscribed):
                self.looking(self.sliding[who], view, subscribed)
            case ("tag", who, where, number):
                path = f"user/{self.people[who].user_id}/" + room(self.rooms[where], "account_data", "m.tag")
                await self._put(who, path, {"tags": {f"u.n{number}": {}}})
            case ("direct", who, where):
                path = f"user/{self.people[who].user_id}/account_data/m.direct"
                await self._put(who, path, {"@somebody:test": [self.rooms[where]]})
            case ("type", who, where, is_typing):
                path = room(self.rooms[where], "typing", self.people[who].user_id)
                await self._put(who, path, {"typing": is_typing})
            case ("hand", who, whom):
                await self.hand(who, whom)
            case _:
                await super().do(action)

    async def hand(self, who: int, whom: int) -> None:
        """Send something to somebody's device."""
        self.handed += 1
        receiver = self.people[whom]
        messages = {receiver.user_id: {receiver.device_id: {"number": self.handed}}}
        await self._put(who, f"sendToDevice/it.test/h{self.handed}", {"messages": messages})

    async def follow(self, who: int) -> None:
        """Sync; whoever is told to begin anew does, as the specification has it."""
        client = self.sliding[who]
        reply = await client.asks()
        if reply.status == 400:
            assert reply.json["errcode"] == "M_UNKNOWN_POS"
            client.pos, client.rooms, client.typing = None, {}, {}
            reply = await client.asks()
        assert reply.status == 200, reply.body
        client.hear(reply.json)

    async def check(self) -> None:
        """Each client that followed along knows what one that begins anew and looks at the same is told.

        Also when the server has begun anew, so that what it remembers of rooms is checked too.
        """
        await self.server.settle()
        for who, client in enumerate(self.sliding):
            await self.follow(who)
            compare(client, await self.fresh(client))
        await self._restart()
        for client in self.sliding:
            compare(client, await self.fresh(client))

    async def fresh(self, followed: SlidingClient) -> SlidingClient:
        fresh = SlidingClient(followed.person, conn_id="fresh", **copy.deepcopy(followed.body))
        fresh.to_device_since = followed.to_device_since
        await fresh.sync()
        return fresh


def compare(followed: SlidingClient, fresh: SlidingClient) -> None:
    # Rooms somebody left stay in the lists of a connection that knows them, and may take another's place in a window.
    left = {room_id for room_id, known in followed.rooms.items() if known.facts.get("membership") == "leave"}
    assert left or fresh.rooms.keys() <= followed.rooms.keys()
    for room_id in fresh.rooms.keys() & followed.rooms.keys():
        same_room(followed.rooms[room_id], fresh.rooms[room_id])
    for name, count in fresh.counts.items():
        assert 0 <= followed.counts[name] - count <= len(left)
    assert followed.account_data == fresh.account_data
    for room_id, kept in fresh.room_account_data.items():
        assert followed.room_account_data[room_id] == kept
    for room_id, receipts in fresh.receipts.items():
        assert receipts.items() <= followed.receipts[room_id].items()
    for room_id, typing in fresh.typing.items():
        assert followed.typing[room_id] == typing
    numbers = [message["content"]["number"] for message in followed.messages]
    assert numbers == sorted(set(numbers))
    assert fresh.messages == []


def same_room(old: KnownRoom, new: KnownRoom) -> None:
    for name in ("name", "avatar", "is_dm", "membership", "joined_count", "invited_count", "bump_stamp"):
        assert (old.facts.get(name) or None) == (new.facts.get(name) or None), name
    if not new.facts.get("name"):
        assert (old.facts.get("heroes") or None) == (new.facts.get("heroes") or None)
    assert new.state.items() <= old.state.items()
    assert old.timeline[len(old.timeline) - len(new.timeline) :] == new.timeline
    assert len(old.timeline) == len(set(old.timeline))
    assert (old.stripped is None) == (new.stripped is None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, remembered=st.sampled_from([3, 8192]))
def test_whoever_follows_along_knows_what_whoever_begins_anew_is_told(
    new_database: Callable[[], str | None],
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[tuple[Any, ...], set[int]]],
    remembered: int,
) -> None:
    monkeypatch.setattr(changes_service, "REMEMBERED_CHANGES", remembered)
    asyncio.run(follow(steps, new_database()))


async def follow(steps: list[tuple[tuple[Any, ...], set[int]]], database: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), database=database, presence="off")
        await server.start()
        try:
            world = SlidingWorld(server)
            await world.begin()
            for action, syncing in steps:
                await world.do(action)
                for who in sorted(syncing):
                    await world.follow(who)
            await world.check()
        finally:
            await server.stop()
