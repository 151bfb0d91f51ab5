"""The rows of rooms, on both engines, written and read through the service as a room lives."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pytest

from sottovoce.domains.accounts.model import AccountDataNotFound, Profile
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.changes.store import Positions
from sottovoce.domains.directory.store import AliasRows
from sottovoce.domains.rooms.model import CreateRoom, Membership, Reader, Txn
from sottovoce.domains.rooms.service import Memory, Rooms, Surroundings, Tools
from sottovoce.domains.rooms.store import RelationRows, RoomRows
from sottovoce.infra.clock import SystemClock
from sottovoce.infra.db.model import Batch, Database, Statement, WriteFailed
from sottovoce.infra.ids import Ids
from sottovoce.protocol.filters import RoomEventFilter
from sottovoce.protocol.ids import DeviceId, EventId, RoomAlias, RoomId, ServerName, UserId
from sottovoce.protocol.room_versions import room_version
from sottovoce.protocol.signing import Signer
from sottovoce.protocol.tokens import TokenSealer

ALICE, BOB, CAROL = UserId("@alice:test"), UserId("@bob:test"), UserId("@carol:test")
PHONE = DeviceId("PHONE")
TEXT = "m.room.message"
_BROKEN = Statement("rooms", "INSERT INTO rooms (room_key) VALUES ($1)")


class Everybody:
    """Anybody exists and has no profile."""

    async def exists(self, user_id: UserId) -> bool:
        return True

    async def is_suspended(self, user_id: UserId) -> bool:
        return False

    async def erased_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        return []

    async def guests_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        return []

    async def profile_of(self, user_id: UserId) -> Profile:
        return Profile(None, None)


class NobodyListens:
    def sent(self, room_id: RoomId, user_id: UserId) -> None:
        pass


class NothingKept:
    """Whose apps keep nothing."""

    async def find(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes:
        raise AccountDataNotFound

    async def set(self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]) -> None:
        raise AssertionError("nothing is kept here")


@dataclass
class Run:
    """One run of a server: its memory is its own, the rows are shared with the runs before."""

    rooms: Rooms
    rows: RoomRows
    changes: Changes
    database: Database


class SlowRows(RoomRows):
    """As rows that come from far away: read at once, and there later."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.are_here = asyncio.Event()

    async def list_memberships(self, user_id: UserId) -> dict[RoomId, Membership]:
        found = await super().list_memberships(user_id)
        await self.are_here.wait()
        return found


async def a_run(database: Database) -> Run:
    changes = Changes(Positions(database, "main"))
    database.on_commit = changes.publish
    await changes.start()
    rows = RoomRows(database)
    signer = Signer(ServerName("test"), "ed25519:a", bytes(32))
    rooms = Rooms(
        Tools(rows, RelationRows(database), Memory(rows), changes, database, signer, SystemClock()),
        Surroundings(
            server=ServerName("test"),
            default_version=room_version("12"),
            sealer=TokenSealer(bytes(32)),
            people=Everybody(),
            kept=NothingKept(),
            aliases=AliasRows(database),
            attention=NobodyListens(),
            ids=Ids(),
        ),
    )
    return Run(rooms, rows, changes, database)


@pytest.fixture
async def run(database: Database) -> Run:
    return await a_run(database)


def said(text: str) -> dict[str, object]:
    return {"msgtype": "m.text", "body": text}


async def bodies(run: Run, room_id: RoomId, reader: UserId = ALICE) -> list[object]:
    """What the newest hundred events say, oldest first; state events say nothing."""
    room = await run.rooms.memory.room(room_id)
    assert room is not None
    access = await run.rooms.access(reader, room_id)
    positions = await run.rows.positions_before(room.room_key, access.until, 0, 100)
    seen = await run.rooms.visible(access, await run.rooms.memory.events(positions[::-1]))
    return [placed.event.content["body"] for placed, _ in seen if placed.event.type == TEXT]


async def test_who_is_invited_while_they_are_read_is_invited(run: Run) -> None:
    rows = SlowRows(run.database)
    run.rooms.memory._store = rows
    reading = asyncio.get_running_loop().create_task(run.rooms.memory.rooms_of(BOB))
    await asyncio.sleep(0)
    room_id = await run.rooms.create(ALICE, CreateRoom(invite=[BOB]))
    rows.are_here.set()
    assert (await reading)[room_id].membership == "invite"
    assert (await run.rooms.memory.rooms_of(BOB))[room_id].membership == "invite"


async def test_another_run_finds_a_room_as_it_was_left(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom(name="Casa", invite=[BOB]))
    await run.rooms.join(room_id, BOB)
    await run.rooms.send(room_id, BOB, TEXT, said("ciao"), None)
    room = await run.rooms.memory.room(room_id)
    found = await (await a_run(run.database)).rooms.memory.room(room_id)
    assert room is not None
    assert found is not None
    for field in ("room_key", "room_id", "version", "state", "memberships", "joined", "tip", "depth", "tail"):
        assert getattr(found, field) == getattr(room, field), field


async def test_a_repeated_transaction_gives_the_same_event_also_in_another_run(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    event_id = await run.rooms.send(room_id, ALICE, TEXT, said("once"), Txn(PHONE, "t1"))
    for rooms in (run.rooms, (await a_run(run.database)).rooms):
        assert await rooms.send(room_id, ALICE, TEXT, said("once"), Txn(PHONE, "t1")) == event_id
    assert await bodies(run, room_id) == ["once"]


async def test_a_transaction_is_its_devices_and_its_senders_own(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom(preset="public_chat"))
    await run.rooms.join(room_id, BOB)
    senders = [(ALICE, PHONE), (ALICE, DeviceId("LAPTOP")), (BOB, PHONE)]
    sent = [await run.rooms.send(room_id, who, TEXT, said(who), Txn(device, "t1")) for who, device in senders]
    later = (await a_run(run.database)).rooms
    again = [await later.send(room_id, who, TEXT, said(who), Txn(device, "t1")) for who, device in senders]
    assert len(set(sent)) == 3
    assert again == sent


async def test_the_state_at_any_position_is_what_it_was_then(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom(preset="public_chat"))
    room = await run.rooms.memory.room(room_id)
    assert room is not None
    was: list[tuple[int, dict[tuple[str, str], int]]] = []
    for step in range(12):
        if step % 3 == 0:
            await run.rooms.set_state(room_id, ALICE, "m.room.topic", "", {"topic": str(step)})
        elif step % 3 == 1:
            await run.rooms.join(room_id, BOB) if step % 2 else await run.rooms.leave(room_id, BOB)
        else:
            await run.rooms.send(room_id, ALICE, TEXT, said(str(step)), None)
        was.append((run.changes.now.log, {key: entry.position for key, entry in room.state.items()}))
    for at, state in was:
        assert await run.rooms.state_positions(room, at) == state


async def test_a_redacted_event_is_stored_without_its_content(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    event_id = await run.rooms.send(room_id, ALICE, TEXT, said("segreto"), None)
    await run.rooms.redact(room_id, ALICE, event_id, None, None)
    for rows in (run.rows, (await a_run(run.database)).rows):
        stored = await rows.find_event(event_id)
        assert stored is not None
        assert stored.event.content == {}
        assert b"segreto" not in stored.event.pdu
        assert b"redacted_because" in stored.unsigned


async def test_a_redacted_state_event_is_not_quoted_by_its_successor(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    first = await run.rooms.set_state(room_id, ALICE, "m.room.topic", "", {"topic": "segreto"})
    second = await run.rooms.set_state(room_id, ALICE, "m.room.topic", "", {"topic": "altro"})
    reader = Reader(ALICE, PHONE)
    assert b"segreto" in await run.rooms.event(reader, room_id, second)
    await run.rooms.redact(room_id, ALICE, first, None, None)
    assert b"segreto" not in await run.rooms.event(reader, room_id, second)


async def test_a_failed_write_leaves_the_room_as_it_was_and_writable(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    await run.rooms.send(room_id, ALICE, TEXT, said("before"), None)
    broken = Batch(lane=room_id)
    broken.write(_BROKEN, None)
    lost = run.database.submit(broken)
    with pytest.raises(WriteFailed):
        await run.rooms.send(room_id, ALICE, TEXT, said("behind"), None)
    with pytest.raises(WriteFailed):
        await lost
    await run.rooms.send(room_id, ALICE, TEXT, said("after"), None)
    assert await bodies(run, room_id) == ["before", "after"]
    found = await (await a_run(run.database)).rooms.memory.room(room_id)
    room = await run.rooms.memory.room(room_id)
    assert room is not None
    assert found is not None
    assert found.tip == room.tip


async def test_positions_of_a_later_run_are_higher_than_all_before(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    await run.rooms.send(room_id, ALICE, TEXT, said("one"), None)
    reached = run.changes.now.log
    later = await a_run(run.database)
    assert later.changes.now.log >= reached
    await later.rooms.send(room_id, ALICE, TEXT, said("two"), None)
    assert later.changes.now.log > reached
    assert await bodies(later, room_id) == ["one", "two"]


async def test_a_person_who_forgot_a_room_has_nothing_to_do_with_it_until_they_come_back(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom(preset="public_chat"))
    await run.rooms.join(room_id, BOB)
    await run.rooms.leave(room_id, BOB)
    await run.rooms.forget(room_id, BOB)
    assert (await run.rows.list_memberships(BOB))[room_id].is_forgotten
    await run.rooms.join(room_id, BOB)
    assert (await run.rows.list_memberships(BOB))[room_id][::2] == ("join", False)


async def test_an_alias_leads_to_its_room_and_is_claimed_once(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom(room_alias_name="piazza"))
    aliases = AliasRows(run.database)
    assert await aliases.find(RoomAlias("#piazza:test")) == room_id
    batch = Batch()
    aliases.claim(batch, RoomAlias("#piazza:test"), RoomId("!other"), BOB)
    with pytest.raises(WriteFailed):
        await run.database.commit(batch)


async def test_pages_run_through_the_whole_timeline_both_ways(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    for number in range(25):
        await run.rooms.send(room_id, ALICE, TEXT, said(str(number)), None)
    only_texts = RoomEventFilter(types=frozenset({TEXT}))
    for backwards in (True, False):
        token, pages = None, []
        while True:
            page = await run.rooms.messages(Reader(ALICE, PHONE), room_id, token, None, backwards, 4, only_texts)
            pages += page.chunk
            token = page.end
            if token is None:
                break
        numbers = [int(each.split(b'"body":"')[1].split(b'"')[0]) for each in pages]
        assert numbers == sorted(range(25), reverse=backwards)


async def test_events_are_found_by_their_ids_where_they_stand(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom())
    sent = [await run.rooms.send(room_id, ALICE, TEXT, said(str(number)), None) for number in range(50)]
    room = await run.rooms.memory.room(room_id)
    assert room is not None
    places = [await run.rows.find_position(event_id) for event_id in sent]
    assert places == sorted(places, key=lambda place: place or (0, 0))
    assert await run.rows.find_position(EventId("$unknown")) is None


async def test_the_log_has_the_events_of_all_rooms_in_the_order_they_came(run: Run) -> None:
    first, second = [await run.rooms.create(ALICE, CreateRoom()) for _ in range(2)]
    before = run.changes.now.log
    for room_id in (first, second, first):
        await run.rooms.send(room_id, ALICE, TEXT, said("x"), None)
    for rooms in (run.rooms, (await a_run(run.database)).rooms):
        log, reached = await rooms.log_after(before, run.changes.now.log, 100)
        assert reached == run.changes.now.log
        assert [placed.event.room_id for placed in log] == [first, second, first]
        assert await rooms.log_after(before, run.changes.now.log, 2) == (log[:2], log[1].position)
        assert await rooms.log_after(before, log[1].position, 100) == (log[:2], log[1].position)


async def test_who_was_in_a_room_is_known_of_any_moment(run: Run) -> None:
    room_id = await run.rooms.create(ALICE, CreateRoom(preset="public_chat", invite=[CAROL]))
    was = [(run.changes.now.log, {ALICE})]
    for verb, who, now in (
        (run.rooms.join, BOB, {ALICE, BOB}),
        (run.rooms.leave, BOB, {ALICE}),
        (run.rooms.leave, CAROL, {ALICE}),
        (run.rooms.join, BOB, {ALICE, BOB}),
        (run.rooms.leave, ALICE, {BOB}),
        (run.rooms.join, CAROL, {BOB, CAROL}),
    ):
        await verb(room_id, who)
        was.append((run.changes.now.log, now))
    for rooms in (run.rooms, (await a_run(run.database)).rooms):
        for position, joined in was:
            assert (await rooms.joined_at(room_id, position))[0] == joined
    assert await run.rooms.joined_at(RoomId("!nowhere"), 5) == (frozenset(), 0)


async def test_the_newest_event_and_a_piece_of_state_of_many_rooms_are_found_together(run: Run) -> None:
    topic = ("m.room.topic", "")
    here, there = [await run.rooms.create(ALICE, CreateRoom()) for _ in range(2)]
    before = run.changes.now.log
    await run.rooms.send(here, ALICE, TEXT, said("ciao"), None)
    asked = [here, there, RoomId("!none:test")]
    await run.rooms.set_state(here, ALICE, *topic, {"topic": "Tetto"})
    now = run.changes.now.log
    assert await run.rows.list_newest_positions(asked, now) == {here: now, there: before}
    assert await run.rows.list_newest_positions([here], now - 1) == {here: now - 1}
    assert await run.rows.list_state_places(asked, topic) == {here: now}
    later = await a_run(run.database)
    for each in (run, later):
        assert await each.rooms.newest_positions(asked, now) == {here: now, there: before}
        assert await each.rooms.state_places(asked, topic) == {here: now}
