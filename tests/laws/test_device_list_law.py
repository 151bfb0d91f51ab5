"""Whoever follows along, syncing at any moment, hears of every change of devices that concerns them, and of who went.

A model knows who is in which room and whose keys changed when; at each sync it says who has to be told.
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sottovoce.domains.changes.service as changes_service
import sottovoce.domains.keys.service.device_lists as lists_service
from tests.helpers.crypto import Olm
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

NAMES = ("alice", "bob", "carol", "dora")
PEOPLE = st.integers(0, len(NAMES) - 1)
ROOMS = st.integers(0, 2)

MOVE = st.tuples(st.just("move"), PEOPLE, ROOMS)
SYNC = st.tuples(st.just("sync"), PEOPLE)
ACTIONS = st.one_of(
    *(MOVE, SYNC, MOVE, SYNC, MOVE, SYNC),  # so often that something comes of it
    st.tuples(st.sampled_from(["say", "call oneself", "kick"]), PEOPLE, ROOMS),
    st.tuples(st.just("new keys"), PEOPLE),
    st.tuples(st.just("restart")),
)


class Model:
    """Who is where, when whose keys changed, and what everybody knew at their last sync."""

    def __init__(self) -> None:
        self.inside: list[set[int]] = [{0}, {0, 1}, {0, 1, 2}]
        self.changed: set[tuple[int, int]] = set()
        """(who has not heard, of whose keys)"""
        self.knew: dict[int, set[int]] = {}

    def sharing(self, who: int) -> set[int]:
        return set().union(*(inside for inside in self.inside if who in inside)) - {who}

    def new_keys(self, whose: int) -> None:
        self.changed |= {(who, whose) for who in self.knew}

    def must_hear(self, who: int) -> tuple[set[int], set[int]]:
        """Whom the person must hear of as changed, and as left."""
        now, before = self.sharing(who), self.knew[who]
        keys = {whose for listener, whose in self.changed if listener == who}
        return (now - before) | (keys & (now | {who})), before - now

    def heard(self, who: int) -> None:
        self.knew[who] = self.sharing(who)
        # Of those who share no room nothing is said; it is told when they meet again, being new then.
        self.changed = {(listener, whose) for listener, whose in self.changed if listener != who}


class World:
    """The server, and the model beside it."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.model = Model()
        self.people: list[Person] = []
        self.rooms: list[str] = []
        self.since: dict[int, str] = {}

    async def begin(self) -> None:
        self.people = [await self.server.person(name) for name in NAMES]
        self.rooms = [await self.people[0].creates_room(preset="public_chat") for _ in range(3)]
        for inside, room_id in zip(self.model.inside, self.rooms, strict=True):
            for who in inside - {0}:
                await self.people[who].joins(room_id)
        for who in range(len(NAMES)):
            self.since[who] = (await self.people[who].syncs())["next_batch"]
            self.model.heard(who)

    async def do(self, what: str, who: int = 0, where: int = 0) -> None:
        person, inside, room_id = self.people[who], self.model.inside[where], self.rooms[where]
        if what == "sync":
            await self.sync(who)
        elif what == "move" and who not in inside:
            await person.joins(room_id)
            inside.add(who)
        elif what == "move":
            await person.leaves(room_id)
            inside.remove(who)
        elif what == "kick" and who != 0 and {0, who} <= inside:
            await self.people[0].done("POST", room(room_id, "kick"), {"user_id": person.user_id})
            inside.remove(who)
        elif what == "say" and who in inside:
            await person.says(room_id, "hello")
        elif what == "call oneself":
            await person.done("PUT", f"profile/{person.user_id}/displayname", {"displayname": str(where)})
        elif what == "new keys":
            await Olm(person).publishes()
            self.model.new_keys(who)
        elif what == "restart":
            await self._restart()

    async def _restart(self) -> None:
        await self.server.stop()
        await self.server.start()
        for person in self.people:
            person.app = self.server.app.http

    async def sync(self, who: int) -> None:
        await self.server.settle()
        person = self.people[who]
        before, answer = self.since[who], await person.syncs(self.since[who])
        self.since[who] = answer["next_batch"]
        lists = answer.get("device_lists", {"changed": [], "left": []})
        asked = await person.done("GET", "keys/changes", query={"from": before, "to": self.since[who]})
        must_change, must_leave = self.model.must_hear(who)
        self.model.heard(who)
        for told in (lists, asked):
            changed, left = set(told["changed"]), set(told["left"])
            assert {self.people[each].user_id for each in must_change} <= changed
            assert {self.people[each].user_id for each in must_leave} == left
            assert changed <= {self.people[each].user_id for each in (*self.model.sharing(who), who)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    actions=st.lists(ACTIONS, min_size=10, max_size=30),
    remembered=st.sampled_from([3, 8192]),
    few=st.sampled_from([0, 100]),
)
def test_every_change_of_devices_is_told_to_whom_it_concerns(
    new_database: Callable[[], str | None],
    monkeypatch: pytest.MonkeyPatch,
    actions: list[tuple[Any, ...]],
    remembered: int,
    few: int,
) -> None:
    monkeypatch.setattr(changes_service, "REMEMBERED_CHANGES", remembered)
    monkeypatch.setattr(lists_service, "FEW_PEOPLE", few)
    asyncio.run(follow(actions, new_database()))


async def follow(actions: list[tuple[Any, ...]], database: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), database=database, presence="off")
        await server.start()
        try:
            world = World(server)
            await world.begin()
            for action in actions:
                await world.do(*action)
            for who in range(len(NAMES)):
                await world.sync(who)
        finally:
            await server.stop()
