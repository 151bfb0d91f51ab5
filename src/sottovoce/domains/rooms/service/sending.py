"""Messages, state and redactions."""

import asyncio
from collections.abc import Awaitable, Generator

from sottovoce.domains.accounts.model import UserSuspended
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.ids import EventId, RoomAlias, RoomId, UserId, is_room_alias, size_bytes
from sottovoce.protocol.power import PowerLevels

from ..model import (
    CANONICAL_ALIAS,
    CREATE,
    DELAYED_DEVICE,
    GUEST_ACCESS,
    MEMBER,
    POWER_LEVELS,
    SERVER_ACL,
    BadAlias,
    EventNotFound,
    InvalidParam,
    NotAllowed,
    Txn,
)
from ..rules import check_server_acl, new_aliases
from .base import MAX_REMEMBERED_TRANSACTIONS
from .membership import Memberships
from .memory import Room
from .writing import RoomWrite

MAX_TXN_ID_BYTES = 255

_REDACTION = "m.room.redaction"


class Sending(Memberships):
    """Puts events into rooms."""

    async def send(
        self,
        room_id: RoomId,
        sender: UserId,
        event_type: str,
        content: dict[str, object],
        txn: Txn | None,
        at_ms: int | None = None,
    ) -> EventId:
        """The message is in the room, durably, and those concerned are told; its id.

        txn: repeated, the same id comes back and nothing is sent. at_ms: when it says it was sent; None: now.
        Raises NotInRoom, NotAllowed, Malformed, InvalidParam (a transaction id too long).
        Spec: client-server, PUT /rooms/{roomId}/send.
        """
        if event_type == _REDACTION:
            target = content.get("redacts")
            if not isinstance(target, str):
                raise InvalidParam("a redaction says in `redacts` what it redacts")
            reason = content.get("reason")
            told = reason if isinstance(reason, str) else None
            return await self.redact(room_id, sender, EventId(target), told, txn, at_ms)
        known = await self._repeated(room_id, sender, event_type, txn)
        if known is not None:
            return known
        async with self._turn(room_id, at_ms) as (_, write):
            key = self._transaction_key(room_id, sender, event_type, txn)
            if key in self._transactions:
                return await self._transactions[key]
            event = await write.stage(sender, event_type, content, txn=txn)
            sent = self._sent(write, key, event.event_id)
        if txn is None or txn.device_id != DELAYED_DEVICE:
            self._around.attention.sent(room_id, sender)
        return await sent

    async def set_state(
        self,
        room_id: RoomId,
        sender: UserId,
        event_type: str,
        state_key: str,
        content: dict[str, object],
        at_ms: int | None = None,
        txn: Txn | None = None,
    ) -> EventId:
        """The state is set, durably; the id of the event that holds it, which may be an old one that said the same.

        at_ms, txn: as for a message, though no client can name a transaction.
        Raises NotInRoom, NotAllowed, Malformed, InvalidParam, BadAlias, UserNotFound, InviteBlocked,
        GuestsNotAllowed.
        Spec: client-server, PUT /rooms/{roomId}/state.
        """
        if event_type == MEMBER and not isinstance(content.get("membership"), str):
            raise InvalidParam("a membership event says what the membership is")
        if (event_type, state_key) == SERVER_ACL:
            check_server_acl(content, self._around.server)
        known = await self._repeated(room_id, sender, event_type, txn)
        if known is not None:
            return known
        async with self._turn(room_id, at_ms) as (room, write):
            if event_type == MEMBER:
                await self._check_guest(room, UserId(state_key), content["membership"])
                content = await self._member_content(room, sender, state_key, content)
            former = await write.state((event_type, state_key))
            event = await write.stage(sender, event_type, content, state_key, txn)
            if (event_type, state_key) == CANONICAL_ALIAS:
                await self._check_aliases(room_id, new_aliases(content, former))
            future = write.submit()
        if future is not None:
            await future
        if (event_type, state_key) == GUEST_ACCESS:
            await self._send_guests_away(room_id)
        return event.event_id

    async def redact(
        self,
        room_id: RoomId,
        sender: UserId,
        event_id: EventId,
        reason: str | None,
        txn: Txn | None,
        at_ms: int | None = None,
    ) -> EventId:
        """The event's content is gone, here and for everybody told of it; the redaction's id.

        Raises NotInRoom, NotAllowed, UserSuspended, EventNotFound, InvalidParam. Spec: client-server, Redactions.
        """
        known = await self._repeated(room_id, sender, _REDACTION, txn)
        if known is not None:
            return known
        async with self._turn(room_id, at_ms) as (room, write):
            key = self._transaction_key(room_id, sender, _REDACTION, txn)
            if key in self._transactions:
                return await self._transactions[key]
            place = await self._tools.store.find_position(event_id)
            if place is None or place[0] != room.room_key:
                raise EventNotFound
            target = await self.memory.event(place[1])
            await self._check_may_redact(room, write, sender, target.event.sender)
            event = await write.stage_redaction(sender, target, reason, txn)
            sent = self._sent(write, key, event.event_id)
        redaction = await sent
        if (target.event.type, target.event.state_key) == GUEST_ACCESS:
            await self._send_guests_away(room_id)
        return redaction

    async def _check_aliases(self, room_id: RoomId, aliases: list[object]) -> None:
        for alias in aliases:
            if not is_room_alias(alias):
                raise InvalidParam("alias and alt_aliases hold aliases of rooms")
            if await self._around.aliases.find(RoomAlias(str(alias))) != room_id:
                raise BadAlias

    async def _check_may_redact(self, room: Room, write: RoomWrite, sender: UserId, author: UserId) -> None:
        create, levels = await write.state(CREATE), await write.state(POWER_LEVELS)
        if room.memberships.get(sender) != "join" or create is None:
            raise NotAllowed(Refusal("6", "the sender is not in the room"))
        if not PowerLevels(create, levels, room.version).may_redact(sender, author):
            raise NotAllowed(Refusal("redactions", "you may only redact your own events here"))
        if sender != author and await self._around.people.is_suspended(sender):
            raise UserSuspended("You may only take back what you said yourself while your account is suspended")

    async def _repeated(self, room_id: RoomId, sender: UserId, event_type: str, txn: Txn | None) -> EventId | None:
        """The event this transaction made earlier, if it is durable."""
        if txn is not None and size_bytes(txn.txn_id) > MAX_TXN_ID_BYTES:
            raise InvalidParam(f"a transaction id has at most {MAX_TXN_ID_BYTES} bytes")
        if txn is None or self._transaction_key(room_id, sender, event_type, txn) in self._transactions:
            return None
        room = await self.memory.room(room_id)
        return (
            None if room is None else await self._tools.store.find_transaction(room.room_key, sender, event_type, txn)
        )

    def _transaction_key(self, room_id: RoomId, sender: UserId, event_type: str, txn: Txn | None) -> tuple[str, ...]:
        return () if txn is None else (sender, txn.device_id, txn.txn_id, room_id, event_type)

    def _sent(self, write: RoomWrite, key: tuple[str, ...], event_id: EventId) -> Awaitable[EventId]:
        """Submit the write, remembered under its transaction; awaited, gives the id once the event is durable."""
        future = write.submit()
        assert future is not None, "a message is always written"
        outcome = _Outcome(future, event_id)
        if key:
            self._transactions[key] = outcome
            future.add_done_callback(lambda done: self._forget_if_failed(key, done))
            if len(self._transactions) > MAX_REMEMBERED_TRANSACTIONS:
                self._transactions.popitem(last=False)
        return outcome

    def _forget_if_failed(self, key: tuple[str, ...], future: asyncio.Future[None]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._transactions.pop(key, None)


class _Outcome:
    """The id of an event on its way; may be awaited any number of times, by anyone, and cancelled by none of them."""

    __slots__ = ("_event_id", "_future")

    def __init__(self, future: asyncio.Future[None], event_id: EventId) -> None:
        self._future = future
        self._event_id = event_id

    def __await__(self) -> Generator[None, None, EventId]:
        yield from asyncio.shield(self._future).__await__()
        return self._event_id
