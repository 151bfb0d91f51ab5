"""Account data as a /sync tells it."""

import pytest

from sottovoce.domains.accounts.feed import AccountDataFeed
from sottovoce.domains.accounts.store import SqlAccountStore
from sottovoce.domains.changes.model import Positions, SyncAnswer, SyncAsk
from sottovoce.infra.db.model import Database
from sottovoce.protocol.filters import Filter, parse_filter
from sottovoce.protocol.ids import DeviceId, RoomId, UserId
from tests.helpers.account_server import AccountServer

ANNA, BRUNO = UserId("@anna:chat.example.org"), UserId("@bruno:chat.example.org")
KITCHEN, GARDEN, LEFT = RoomId("!kitchen"), RoomId("!garden"), RoomId("!left")


class Reader:
    """Asks the feed as a device of anna's does."""

    def __init__(self, server: AccountServer, database: Database) -> None:
        self.changes = server.changes
        self.data = server.accounts.account_data
        self.joined = {KITCHEN, GARDEN}
        self._feed = AccountDataFeed(SqlAccountStore(database))

    async def ask(
        self,
        since: Positions | None = None,
        *,
        wanted: Filter | None = None,
        new_rooms: set[RoomId] | None = None,
        remembers: bool = True,
    ) -> SyncAnswer:
        now = self.changes.now
        moved = self.changes.moved(ANNA, since, now) if since is not None and remembers else None
        ask = SyncAsk(ANNA, DeviceId("PHONE"), since, now, wanted or Filter(), False, moved)
        answer = SyncAnswer(joined_rooms=self.joined, new_rooms=new_rooms or set())
        await self._feed.contribute(ask, answer)
        return answer


@pytest.fixture
def anna(server: AccountServer, chosen_database: Database) -> Reader:
    return Reader(server, chosen_database)


def in_rooms(answer: SyncAnswer) -> dict[RoomId, list[bytes]]:
    return {room_id: room.account_data for room_id, room in answer.rooms.items()}


async def test_a_first_sync_tells_everything_of_the_rooms_one_is_in(anna: Reader) -> None:
    await anna.data.set(ANNA, None, 'quo"ted', {"a": 1})
    await anna.data.set(ANNA, KITCHEN, "m.tag", {})
    await anna.data.set(ANNA, LEFT, "m.tag", {})
    await anna.data.set(BRUNO, None, "m.direct", {})
    answer = await anna.ask()
    assert answer.account_data == [b'{"type":"quo\\"ted","content":{"a":1}}']
    assert in_rooms(answer) == {KITCHEN: [b'{"type":"m.tag","content":{}}']}


@pytest.mark.parametrize("remembers", [True, False])
async def test_a_later_sync_tells_what_was_set_since(anna: Reader, remembers: bool) -> None:
    await anna.data.set(ANNA, None, "m.direct", {"old": 1})
    await anna.data.set(ANNA, KITCHEN, "m.tag", {"old": 1})
    since = anna.changes.now
    assert (await anna.ask(since, remembers=remembers)).is_empty
    await anna.data.set(ANNA, None, "m.direct", {"new": 1})
    await anna.data.set(ANNA, GARDEN, "m.tag", {"new": 1})
    answer = await anna.ask(since, remembers=remembers)
    assert answer.account_data == [b'{"type":"m.direct","content":{"new":1}}']
    assert in_rooms(answer) == {GARDEN: [b'{"type":"m.tag","content":{"new":1}}']}


async def test_a_room_that_is_new_to_the_device_is_told_whole_and_once(anna: Reader) -> None:
    await anna.data.set(ANNA, KITCHEN, "m.tag", {})
    since = anna.changes.now
    await anna.data.set(ANNA, KITCHEN, "it.other", {})
    answer = await anna.ask(since, new_rooms={KITCHEN})
    assert in_rooms(answer) == {KITCHEN: [b'{"type":"m.tag","content":{}}', b'{"type":"it.other","content":{}}']}


@pytest.mark.parametrize(
    ("text", "general", "rooms"),
    [
        ('{"account_data":{"types":["m.*"]}}', 1, {KITCHEN, GARDEN}),
        ('{"account_data":{"not_types":["*"]}}', 0, {KITCHEN, GARDEN}),
        ('{"room":{"rooms":["!garden"]}}', 2, {GARDEN}),
        ('{"room":{"account_data":{"not_rooms":["!garden"]}}}', 2, {KITCHEN}),
        ('{"room":{"account_data":{"not_types":["m.tag"]}}}', 2, set()),
    ],
)
async def test_a_filter_leaves_out_what_is_not_asked(anna: Reader, text: str, general: int, rooms: set[RoomId]) -> None:
    await anna.data.set(ANNA, None, "m.direct", {})
    await anna.data.set(ANNA, None, "it.test", {})
    for room_id in (KITCHEN, GARDEN):
        await anna.data.set(ANNA, room_id, "m.tag", {})
    answer = await anna.ask(wanted=parse_filter(text))
    assert len(answer.account_data) == general
    assert answer.rooms.keys() == rooms


async def test_what_was_removed_is_told_once_as_empty(server: AccountServer, chosen_database: Database) -> None:
    reader = Reader(server, chosen_database)
    await reader.data.set(ANNA, None, "a", {"a": 1})
    await reader.data.set(ANNA, KITCHEN, "a", {"a": 1})
    before = server.changes.now
    await reader.data.remove_by_client(ANNA, None, "a")
    await reader.data.remove_by_client(ANNA, KITCHEN, "a")
    told = await reader.ask(before)
    assert told.account_data == [b'{"type":"a","content":{}}']
    assert told.rooms[KITCHEN].account_data == [b'{"type":"a","content":{}}']
    everything = await reader.ask()
    assert (everything.account_data, everything.rooms) == ([], {})
    of_a_new_room = await reader.ask(server.changes.now, new_rooms={KITCHEN})
    assert of_a_new_room.rooms == {}
