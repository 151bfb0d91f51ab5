"""Relations of events that were stored before there was a table of relations, on both engines."""

from typing import Any

import msgspec
import pytest

from sottovoce.infra.db.migrate import packaged_migrations
from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.infra.db.open import database_at

BEFORE = [step for step in packaged_migrations() if step.number < 28]
ALICE, BOB = "@alice:test", "@bob:test"
TEXT, REACTION = "m.room.message", "m.reaction"

_ADD = Statement(
    "events",
    "INSERT INTO events (position, room_key, event_id, type, state_key, redacted_by, pdu)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
)
_ALL = Query("SELECT room_key, parent, rel_type, child, type, sender, sent_at_ms FROM relations ORDER BY child")


class OldRooms:
    """Events as earlier programs stored them: the n-th, counted from 1, is `$n`."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, str, str, str | None, int | None, bytes]] = []

    def say(
        self, content: Any, sender: str = ALICE, event_type: str = TEXT, *, room_key: int = 1, **columns: Any
    ) -> int:
        """The event is stored; its position."""
        position = len(self.rows) + 1
        event = {"type": event_type, "sender": sender, "origin_server_ts": 1000 + position, "content": content}
        self.add(position, event_type, msgspec.json.encode(event), room_key, **columns)
        return position

    def add(
        self,
        position: int,
        event_type: str,
        pdu: bytes,
        room_key: int = 1,
        state_key: str | None = None,
        redacted_by: int | None = None,
    ) -> None:
        self.rows.append((position, room_key, f"${position}", event_type, state_key, redacted_by, pdu))

    def relate(self, parent: int | str, rel_type: Any, more: dict[str, Any] | None = None, **columns: Any) -> int:
        """An event that relates so to another is stored; its position."""
        event_id = f"${parent}" if isinstance(parent, int) else parent
        content = {"body": "x", "m.relates_to": {"rel_type": rel_type, "event_id": event_id}, **(more or {})}
        return self.say(content, **columns)

    async def now(self, address: str) -> list[tuple[Any, ...]]:
        """The relations that today's program finds in the old database."""
        old = database_at(address, BEFORE)
        await old.start()
        batch = Batch()
        for row in self.rows:
            batch.write(_ADD, *row)
        await old.commit(batch)
        await old.stop()
        database = database_at(address)
        await database.start()
        found = await database.all(_ALL)
        await database.stop()
        return found


@pytest.fixture
def old() -> OldRooms:
    return OldRooms()


NEW = {"m.new_content": {"body": "y"}}


async def test_old_events_relate_as_new_ones_do(old: OldRooms, database_address: str) -> None:
    first = old.say({"body": "ciao"})
    edit = old.relate(first, "m.replace", NEW)
    reaction = old.relate(first, "m.annotation", sender=BOB, event_type=REACTION)
    thread = old.relate(first, "m.thread", {"body": "a NUL \0, and one spelled \\u0000"}, sender=BOB)
    own_kind = old.relate(thread, "org.example.kind", sender=BOB)
    assert await old.now(database_address) == [
        (1, first, "m.replace", edit, TEXT, ALICE, 1000 + edit),
        (1, first, "m.annotation", reaction, REACTION, BOB, 1000 + reaction),
        (1, first, "m.thread", thread, TEXT, BOB, 1000 + thread),
        (1, thread, "org.example.kind", own_kind, TEXT, BOB, 1000 + own_kind),
    ]


async def test_old_relations_that_break_the_rules_of_their_kind_do_not_count(
    old: OldRooms, database_address: str
) -> None:
    first = old.say({"body": "ciao"})
    state = old.say({"topic": "x"}, event_type="m.room.topic", state_key="")
    edit = old.relate(first, "m.replace", NEW)
    reaction = old.relate(first, "m.annotation", event_type=REACTION)
    old.relate(first, "m.replace", NEW, sender=BOB)
    old.relate(first, "m.replace", {"m.new_content": "no object"})
    old.relate(first, "m.replace", NEW, event_type="m.sticker")
    old.relate(first, "m.replace", NEW, state_key="")
    old.relate(state, "m.replace", NEW, event_type="m.room.topic")
    old.relate(edit, "m.replace", NEW)
    old.relate(edit, "m.thread")
    old.relate(reaction, "m.annotation", event_type=REACTION)
    assert [row[3] for row in await old.now(database_address)] == [edit, reaction]


async def test_redacted_strange_and_foreign_old_events_relate_to_nothing(old: OldRooms, database_address: str) -> None:
    first = old.say({"body": "ciao"})
    old.relate(first, "m.reference", redacted_by=99)
    old.relate(first, "m.reference", room_key=2)
    old.relate("$nobody", "m.reference")
    old.relate("$7", "m.reference")
    old.relate(len(old.rows) + 1, "m.reference")
    strange: list[Any] = ["", "x\0y", "x" * 256, "ü" * 128, 7, None, True, ["m.reference"], {"m.reference": 1}]
    for rel_type in strange:
        old.relate(first, rel_type)
    for related in ["m.reference", 7, None, [], ["rel_type"], {}, {"rel_type": "m.reference"}]:
        old.say({"m.relates_to": related})
    old.relate("$1\0", "m.reference")
    old.say(["m.relates_to"])
    old.say("m.relates_to")
    for pdu in (b'{"m.relates_to": ', b'"m.relates_to"', b'["m.relates_to"]', b'"m.relates_to" \xff'):
        old.add(len(old.rows) + 1, TEXT, pdu)
    last = old.relate(first, "m.reference")
    assert [row[3] for row in await old.now(database_address)] == [last]


async def test_relations_that_are_known_stay_as_they_are(database_address: str, old: OldRooms) -> None:
    first = old.say({"body": "ciao"})
    reply = old.relate(first, "m.reference")
    known = Statement("relations", "INSERT INTO relations VALUES ($1, $2, $3, $4, $5, $6, $7)")
    database = database_at(database_address, BEFORE)
    await database.start()
    batch = Batch()
    batch.write(known, 1, first, "m.reference", reply, TEXT, ALICE, 5)
    await database.commit(batch)
    await database.stop()
    assert await old.now(database_address) == [(1, first, "m.reference", reply, TEXT, ALICE, 5)]
