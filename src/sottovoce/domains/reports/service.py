"""The reports: making them, and looking through them."""

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.model import EventNotFound, Reader
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import EventId, RoomId, UserId, size_bytes

from .model import InvalidReason, Report, ReportNotFound, TooManyReports
from .ports import ReportedPeople, ReportedRooms, ReportStore

MAX_REASON_BYTES = 4_096
MAX_OPEN_REPORTS = 500
"""Of one person."""
MAX_LISTED_REPORTS = 500


class Reports:
    """What people reported."""

    def __init__(
        self,
        store: ReportStore,
        rooms: ReportedRooms,
        people: ReportedPeople,
        database: Database,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._store = store
        self._rooms = rooms
        self._people = people
        self._database = database
        self._changes = changes
        self._clock = clock

    async def report_event(self, reporter: UserId, room_id: RoomId, event_id: EventId, reason: str) -> None:
        """The event is reported. Raises EventNotFound (rooms) unless the reporter is in the room and sees the event.

        Raises InvalidReason, TooManyReports. Spec: client-server, POST /rooms/{roomId}/report/{eventId}.
        """
        _check(reason)
        if not await self._rooms.is_joined(reporter, room_id):
            raise EventNotFound
        await self._rooms.event(Reader(reporter, None), room_id, event_id)
        await self._add(reporter, room_id, event_id, None, reason)

    async def report_room(self, reporter: UserId, room_id: RoomId, reason: str) -> None:
        """The room is reported, if there is one, which the reporter does not learn.

        Raises InvalidReason, TooManyReports. Spec: client-server, POST /rooms/{roomId}/report.
        """
        _check(reason)
        await self._check_may_report(reporter)
        if await self._rooms.exists(room_id):
            await self._add(reporter, room_id, None, None, reason)

    async def report_user(self, reporter: UserId, user_id: UserId, reason: str) -> None:
        """The person is reported, if there is one, which the reporter does not learn.

        Raises InvalidReason, TooManyReports. Spec: client-server, POST /users/{userId}/report.
        """
        _check(reason)
        await self._check_may_report(reporter)
        if await self._people.exists(user_id):
            await self._add(reporter, None, None, user_id, reason)

    async def list(self, after: int = 0, limit: int = 100, *, with_resolved: bool = False) -> list[Report]:
        """The reports with an id above `after`, oldest first; those that are resolved too if wanted."""
        return await self._store.list(after, min(limit, MAX_LISTED_REPORTS), with_resolved=with_resolved)

    async def resolve(self, report_id: int) -> None:
        """The report is resolved; one that was before stays so. Raises ReportNotFound."""
        report = await self._store.find(report_id)
        if report is None:
            raise ReportNotFound
        if report.resolved_at_ms is None:
            batch = Batch()
            self._store.set_resolved(batch, report_id, self._clock.now_ms())
            await self._database.commit(batch)

    async def forget_user(self, user_id: UserId) -> None:
        """Nothing says any more what this person reported. What others reported of them stays."""
        batch = Batch()
        self._store.remove_by_reporter(batch, user_id)
        await self._database.commit(batch)

    async def erase_room(self, room_id: RoomId) -> None:
        """There are no reports of the room or anything in it."""
        batch = Batch()
        self._store.remove_of_room(batch, room_id)
        await self._database.commit(batch)

    async def _add(
        self, reporter: UserId, room_id: RoomId | None, event_id: EventId | None, user_id: UserId | None, reason: str
    ) -> None:
        await self._check_may_report(reporter)
        batch = Batch()
        now_ms = self._clock.now_ms()
        report_id = self._changes.next_position()
        self._store.add(batch, Report(report_id, reporter, room_id, event_id, user_id, reason, now_ms))
        await self._database.commit(batch)

    async def _check_may_report(self, reporter: UserId) -> None:
        if await self._store.count_open(reporter) >= MAX_OPEN_REPORTS:
            raise TooManyReports


def _check(reason: str) -> None:
    if size_bytes(reason) > MAX_REASON_BYTES:
        raise InvalidReason(f"a reason has at most {MAX_REASON_BYTES} bytes")
    if "\0" in reason:
        raise InvalidReason("a reason holds no NUL character")
