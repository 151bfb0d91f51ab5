"""Typing, receipts and presence for app services.

They are told as they happen and not later: of what happened while the server was not running nothing is told.
Spec: application-service, Pushing ephemeral data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.receipts.model import PUBLIC
from sottovoce.domains.receipts.rules import receipt_events
from sottovoce.protocol.ids import RoomId, UserId

from ..model import AppService
from ..ports import PeoplePresent, ReceiptsGiven, RoomsOfPeople, TypingNow
from ..rules import array, with_field
from .interest import Interest

ROOMS_WAITING_MAX = 2_000
"""Rooms in which somebody typed or read while an app service took nothing; of more, those longest ago are not told."""


@dataclass(frozen=True, slots=True)
class Live:
    """Where typing, receipts and presence are found."""

    rooms: RoomsOfPeople
    typing: TypingNow
    receipts: ReceiptsGiven
    presence: PeoplePresent
    changes: Changes


class Ephemeral:
    """Implements delivery.Extra for one app service."""

    streams: Sequence[str] = ("typing", "receipts", "presence")
    is_behind = False

    def __init__(self, service: AppService, interest: Interest, live: Live) -> None:
        self._fields = service.ephemeral_fields
        self._interest = interest
        self._live = live
        self._typing: dict[RoomId, None] = {}
        self._receipts: dict[RoomId, None] = {}
        self._has_presence = False
        self._told_log = 0
        self._told_live = 0

    async def begin(self, until: int) -> None:
        now = self._live.changes.now
        self._told_log, self._told_live = now.log, now.live

    def changed(self, change: Change) -> None:
        if change.stream == "presence":
            self._has_presence = True
            return
        waiting = self._typing if change.stream == "typing" else self._receipts
        if change.room_id is not None:
            waiting.pop(change.room_id, None)
            waiting[change.room_id] = None
            if len(waiting) > ROOMS_WAITING_MAX:
                del waiting[next(iter(waiting))]

    async def collect(self, after: int, until: int, *, is_again: bool) -> dict[str, bytes]:
        if is_again or not (self._typing or self._receipts or self._has_presence):
            return {}
        typing, receipts, has_presence = self._typing, self._receipts, self._has_presence
        self._typing, self._receipts, self._has_presence = {}, {}, False
        told_log, told_live = self._told_log, self._told_live
        now = self._live.changes.now
        self._told_log, self._told_live = now.log, now.live
        events = await self._presence_events(told_live) if has_presence else []
        events += await self._typing_events(typing, told_live)
        events += await self._receipt_events(receipts, told_log, self._told_log)
        return dict.fromkeys(self._fields, array(events)) if events else {}

    def taken(self) -> None:
        """What was collected is not told again in any case."""

    async def _typing_events(self, room_ids: dict[RoomId, None], after: int) -> list[bytes]:
        found = self._live.typing.events(await self._concerned(room_ids), after)
        return [with_field(event, "room_id", room_id) for room_id, event in found.items()]

    async def _receipt_events(self, room_ids: dict[RoomId, None], after: int, until: int) -> list[bytes]:
        events = []
        for room_id, receipts in (
            await self._live.receipts.given(await self._concerned(room_ids), after, until)
        ).items():
            told = [
                receipt
                for receipt in receipts
                if receipt.key.receipt_type == PUBLIC or self._interest.is_mine(receipt.key.user_id)
            ]
            events += [with_field(event, "room_id", room_id) for event in receipt_events(told)]
        return events

    async def _presence_events(self, after: int) -> list[bytes]:
        changed = self._live.presence.changed_after(after) or []
        return await self._live.presence.events([user_id for user_id in changed if await self._is_known(user_id)])

    async def _concerned(self, room_ids: dict[RoomId, None]) -> list[RoomId]:
        return [room_id for room_id in room_ids if await self._interest.is_in(room_id, self._told_log)]

    async def _is_known(self, user_id: UserId) -> bool:
        """Whether the person is one of the app service's, or in a room that concerns it."""
        if self._interest.is_mine(user_id):
            return True
        return bool(await self._concerned(dict.fromkeys(await self._live.rooms.rooms_of(user_id))))
