"""The rows of reports, on both engines."""

import pytest

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.changes.store import Positions
from sottovoce.domains.reports.model import ReportNotFound
from sottovoce.domains.reports.service import Reports
from sottovoce.domains.reports.store import ReportRows
from sottovoce.domains.rooms.model import Reader
from sottovoce.infra.db.model import Database
from sottovoce.protocol.ids import EventId, RoomId, UserId
from tests.helpers.clock import FakeClock

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
ROOM = RoomId("!room")


class Anything:
    """Every room, event and person is there."""

    async def exists(self, identifier: object) -> bool:
        return True

    async def is_joined(self, user_id: UserId, room_id: RoomId) -> bool:
        return True

    async def event(self, reader: Reader, room_id: RoomId, event_id: EventId) -> bytes:
        return b"{}"


@pytest.fixture
async def reports(database: Database) -> Reports:
    changes = Changes(Positions(database, "main"))
    await changes.start()
    return Reports(ReportRows(database), Anything(), Anything(), database, changes, FakeClock())


async def test_reports_are_listed_from_the_oldest_on(reports: Reports) -> None:
    await reports.report_event(ALICE, ROOM, EventId("$a"), "one")
    await reports.report_room(ALICE, ROOM, "two")
    await reports.report_user(ALICE, BOB, "three")
    listed = await reports.list()
    assert [(report.room_id, report.event_id, report.user_id) for report in listed] == [
        (ROOM, "$a", None),
        (ROOM, None, None),
        (None, None, BOB),
    ]
    assert await reports.list(listed[0].report_id, 1) == listed[1:2]


async def test_a_resolved_report_is_listed_only_where_wanted(reports: Reports) -> None:
    await reports.report_room(ALICE, ROOM, "x")
    [report] = await reports.list()
    await reports.resolve(report.report_id)
    await reports.resolve(report.report_id)
    assert await reports.list() == []
    [resolved] = await reports.list(with_resolved=True)
    assert resolved.resolved_at_ms == FakeClock().now_ms()
    await reports.report_room(ALICE, ROOM, "again")
    assert [open_again.reason for open_again in await reports.list()] == ["again"]
    with pytest.raises(ReportNotFound):
        await reports.resolve(0)


async def test_reports_go_with_their_reporter_or_their_room(reports: Reports) -> None:
    await reports.report_room(ALICE, ROOM, "x")
    await reports.report_user(ALICE, BOB, "x")
    await reports.report_user(BOB, ALICE, "x")
    await reports.erase_room(ROOM)
    assert len(await reports.list()) == 2
    await reports.forget_user(ALICE)
    assert [report.reporter for report in await reports.list()] == [BOB]
