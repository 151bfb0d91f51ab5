"""Counts that go on from where they were are the same as counts made afresh, whatever people do."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sottovoce.app.messenger import Messenger
from sottovoce.domains.push.model import PutRule
from sottovoce.domains.push.service import UnreadCounts
from sottovoce.domains.rooms.model import CannotStartThread, CreateRoom, NotAllowed, Txn
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId
from tests.helpers.server import RunningServer

NAMES = ("alice", "bob", "carol")
COUNTED = 6
DEVICE = DeviceId("D")
LOUD = ["notify", {"set_tweak": "highlight"}]
OWN_RULES = [
    PutRule(kind="underride", rule_id="a few", actions=[], conditions=[{"kind": "room_member_count", "is": "<3"}]),
    PutRule(kind="override", rule_id="name", actions=LOUD, conditions=[{"kind": "contains_display_name"}]),
    PutRule(kind="content", rule_id="dots", actions=LOUD, pattern="…"),
    PutRule(kind="content", rule_id="dots", actions=[], pattern="*"),
    PutRule(kind="sender", rule_id="@alice:test", actions=[]),
    PutRule(kind="override", rule_id="off", actions=[], conditions=[]),
]
_person = st.sampled_from(range(3))
_action = st.one_of(
    st.tuples(st.just("says"), _person, st.integers(0, 3)),
    st.tuples(st.just("threads"), _person, st.integers(0, 20)),
    st.tuples(st.just("reads"), _person, st.integers(0, 20)),
    st.tuples(st.just("reads its thread"), _person, st.integers(0, 20)),
    st.tuples(st.just("takes back"), _person, st.integers(0, 20)),
    st.tuples(st.just("renames"), _person, st.integers(0, 20)),
    st.tuples(st.just("leaves and returns"), st.sampled_from((1, 2)), st.just(0)),
    st.tuples(st.just("counts"), _person, st.just(0)),
    st.tuples(st.just("changes its rules"), _person, st.integers(0, 8)),
    st.tuples(st.just("ignores"), _person, st.integers(0, 3)),
    st.tuples(st.just("lets mention everybody"), st.just(0), st.integers(0, 1)),
    st.tuples(st.just("mentions everybody"), _person, st.just(0)),
)


class Group:
    """Three people in one chat, and what they sent there."""

    def __init__(self, messenger: Messenger, people: list[UserId], room_id: RoomId) -> None:
        self.messenger = messenger
        self.people = people
        self.room_id = room_id
        self.sent: list[EventId] = []
        self.counts = self.new_counts()

    def new_counts(self) -> UnreadCounts:
        of = self.messenger
        return UnreadCounts(of.rooms, of.receipts, of.push.rules, of.rooms.preferences, of.rooms._tools.changes)

    async def does(self, action: str, who: int, number: int) -> None:
        rooms, receipts, person = self.messenger.rooms, self.messenger.receipts, self.people[who]
        target = self.sent[number % len(self.sent)] if self.sent else None
        if action == "says":
            mentioned = self.people[number : number + 1]
            await self._send(person, {"msgtype": "m.text", "body": "…", "m.mentions": {"user_ids": mentioned}})
        elif action == "renames":
            content: dict[str, object] = {"membership": "join", "displayname": str(number)}
            await rooms.set_state(self.room_id, person, "m.room.member", person, content)
        elif action == "leaves and returns":
            await rooms.leave(self.room_id, person)
            await rooms.invite(self.room_id, self.people[0], person)
            await rooms.join(self.room_id, person)
        elif action == "counts":
            await self.count(self.counts, person)
        elif action in ("changes its rules", "ignores", "lets mention everybody", "mentions everybody"):
            await self._judges_otherwise(action, person, number)
        elif target is None:
            return
        elif action == "threads":
            with contextlib.suppress(CannotStartThread):
                await self._send(person, {"msgtype": "m.text", "body": "…", "m.relates_to": self._thread(target)})
        elif action == "reads":
            await receipts.mark(self.room_id, person, "m.read", target)
        elif action == "reads its thread":
            shown = await rooms.find_timeline_event(self.room_id, target)
            assert shown is not None
            thread = await receipts.thread_of(shown) or "main"
            await receipts.mark(self.room_id, person, "m.read.private", target, thread)
        elif action == "takes back":
            try:
                await rooms.redact(self.room_id, person, target, None, Txn(DEVICE, f"r{len(self.sent)}{number}{who}"))
            except NotAllowed:
                return

    async def _judges_otherwise(self, action: str, person: UserId, number: int) -> None:
        messenger, rules = self.messenger, self.messenger.push.rules
        if action == "ignores":
            content: dict[str, object] = {"ignored_users": {user: {} for user in self.people[number : number + 1]}}
            await messenger.accounts.account_data.set(person, None, "m.ignored_user_list", content)
        elif action == "lets mention everybody":
            levels: dict[str, object] = {"notifications": {"room": 50 * number}}
            await messenger.rooms.set_state(self.room_id, person, "m.room.power_levels", "", levels)
        elif action == "mentions everybody":
            await self._send(person, {"msgtype": "m.text", "body": "all", "m.mentions": {"room": True}})
        elif number < len(OWN_RULES):
            await rules.put(person, OWN_RULES[number])
        elif number == len(OWN_RULES):
            await rules.put(person, PutRule(kind="room", rule_id=self.room_id, actions=[]))
        else:
            await rules.set_enabled(person, "override", ".m.rule.master", number % 2 == 0)

    async def check(self) -> None:
        for person in self.people:
            afresh = self.new_counts()
            going_on = await self.count(self.counts, person)
            assert going_on == await self.count(afresh, person)

    async def count(self, counts: UnreadCounts, person: UserId) -> object:
        rooms = {self.room_id}
        now = self.counts._changes.now.log
        tally = (await counts.count(person, rooms, now))[self.room_id]
        return tally.by_thread(), tally.whole()

    async def _send(self, person: UserId, content: dict[str, object]) -> None:
        txn = Txn(DEVICE, f"t{len(self.sent)}")
        self.sent.append(await self.messenger.rooms.send(self.room_id, person, "m.room.message", content, txn))

    def _thread(self, target: EventId) -> dict[str, object]:
        return {"rel_type": "m.thread", "event_id": target}


async def live_through(actions: list[tuple[str, int, int]], folder: Path, database: str | None) -> None:
    server = RunningServer(folder, database=database)
    await server.start()
    try:
        people = [UserId((await server.person(name)).user_id) for name in NAMES]
        messenger = server.app.messenger
        assert messenger is not None
        room_id = await messenger.rooms.create(people[0], CreateRoom(invite=[*people[1:]]))
        for person in people[1:]:
            await messenger.rooms.join(room_id, person)
        group = Group(messenger, people, room_id)
        for step, action in enumerate(actions):
            await group.does(*action)
            if step % 3 == 0:
                await group.check()
        await group.check()
    finally:
        await server.stop()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_action, min_size=5, max_size=40))
def test_counts_that_go_on_are_the_same_as_counts_made_afresh(
    new_database: Callable[[], str | None], actions: list[tuple[str, int, int]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("sottovoce.domains.push.service.counts.COUNTED_EVENTS_MAX", COUNTED),
        patch("sottovoce.domains.push.service.window.COUNTED_EVENTS_MAX", COUNTED),
        patch("sottovoce.domains.push.service.window.SPARE_EVENTS_MAX", 4),
    ):
        asyncio.run(live_through(actions, Path(folder), new_database()))
