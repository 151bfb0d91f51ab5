"""Whose devices somebody has to ask for again, and whose no longer concern them.

Kept is only when each person's devices or keys changed last. Who shares a room with whom, now and at an earlier
position, follows from the rooms. Rooms in memory run ahead of what is committed; whoever is just coming or going counts
as there, so that what is told may be too much for a moment, and never too little.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.model import Change, DeviceLists
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.model import Membership
from sottovoce.domains.rooms.service import SYNC
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.tokens import TokenSealer

from ..model import DEVICE_LISTS, InvalidKeys
from ..ports import DeviceListStore, SharedRooms, SigningStore

FEW_PEOPLE = 100
"""So many are asked one by one in which rooms they are; for more, all the people of one's own rooms are gathered."""


class DeviceListChanges:
    """Notes changes of devices and keys, and tells what follows for somebody."""

    def __init__(
        self, rooms: SharedRooms, store: DeviceListStore, signing: SigningStore, changes: Changes, sealer: TokenSealer
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._signing = signing
        self._changes = changes
        self._sealer = sealer

    async def concerned(self, user_id: UserId) -> AbstractSet[UserId]:
        """Who has to hear of a change of this person's devices: themself and everybody in their rooms."""
        return await self._rooms.contacts_of(user_id) | {user_id}

    def note(self, batch: Batch, user_id: UserId, concerned: AbstractSet[UserId], position: int) -> None:
        """With the batch, the person's devices or keys have changed at this position."""
        self._store.set_changed(batch, user_id, position)
        batch.announce(Change(DEVICE_LISTS, position, None, concerned))

    def note_signed(self, batch: Batch, signer_id: UserId, user_id: UserId, position: int) -> None:
        """With the batch, somebody has signed a key of that person; nobody else learns of it."""
        self._signing.set_signed(batch, signer_id, user_id, position)
        batch.announce(Change(DEVICE_LISTS, position, None, frozenset({signer_id})))

    async def changed_after(self, position: int) -> list[UserId]:
        """Everybody whose devices or keys changed after this position; for those who hear of all that happens."""
        return await self._store.changed_after(position)

    async def since(self, user_id: UserId, start: str, end: str) -> DeviceLists:
        """What the person has to know of others' devices since the first token, at least up to the second.

        Raises InvalidKeys (a token that is not theirs). Spec: client-server, GET /keys/changes.
        """
        after, _ = self._position(user_id, start), self._position(user_id, end)
        return await self.between(user_id, after, self._changes.now.log, None, True)

    async def between(
        self, user_id: UserId, after: int, until: int, moved_rooms: AbstractSet[RoomId] | None, have_keys_moved: bool
    ) -> DeviceLists:
        """What the person has to know of others' devices in (after, until].

        moved_rooms: where people came or went since, None if that is not known. have_keys_moved: whether anybody's
        devices or keys may have changed. Spec: client-server, Tracking the device list for a user.
        """
        mine = await self._rooms.memberships_of(user_id)
        rooms = await self._rooms_to_look_at(mine, after) if moved_rooms is None else moved_rooms & mine.keys()
        lists = DeviceLists()
        gone: set[UserId] = set()
        for room_id in rooms:
            await self._look_at(user_id, room_id, mine[room_id], after, until, lists, gone)
        lists.changed.discard(user_id)
        gone.discard(user_id)
        if have_keys_moved:
            changed = await self._store.changed_after(after)
            lists.changed |= await self._sharing(user_id, mine, changed, until)
            lists.changed |= {user_id} & set(changed)
            lists.changed |= set(await self._signing.signed_after(user_id, after))
        lists.left = gone - await self._sharing(user_id, mine, gone, until) - lists.changed
        return lists

    def _position(self, user_id: UserId, token: str) -> int:
        try:
            return self._sealer.open(SYNC, user_id, token)[0]
        except Malformed as cause:
            raise InvalidKeys("This server gave you no such token") from cause

    async def _rooms_to_look_at(self, mine: Mapping[RoomId, Membership], after: int) -> set[RoomId]:
        stayed = [room for room, what in mine.items() if what.membership == "join" and what.position <= after]
        return {room for room, what in mine.items() if what.position > after} | set(
            await self._rooms.rooms_with_news(stayed, after)
        )

    async def _look_at(
        self,
        user_id: UserId,
        room_id: RoomId,
        membership: Membership,
        after: int,
        until: int,
        lists: DeviceLists,
        gone: set[UserId],
    ) -> None:
        was_in = await self._is_in(user_id, room_id, membership, after)
        is_in = await self._is_in(user_id, room_id, membership, until)
        if was_in and is_in:
            came, went = await self._rooms.came_and_went(room_id, after, until)
            lists.changed |= came
            gone |= went
        elif is_in:
            lists.changed |= await self._rooms.joined_users(room_id)
        elif was_in:
            gone |= await self._rooms.joined_users_at(room_id, after)

    async def _is_in(self, user_id: UserId, room_id: RoomId, membership: Membership, at: int) -> bool:
        if membership.position <= at:
            return membership.membership == "join"
        return await self._rooms.was_joined(user_id, room_id, at)

    async def _sharing(
        self, user_id: UserId, mine: Mapping[RoomId, Membership], people: Iterable[UserId], until: int
    ) -> set[UserId]:
        """Those of the people who are in a room with this person, or coming, or not yet gone."""
        others = set(people) - {user_id}
        if len(others) > FEW_PEOPLE:
            return others & await self._rooms.contacts_of(user_id)
        my_rooms = _rooms_in(mine, until)
        return {
            other
            for other in others
            if not my_rooms.isdisjoint(_rooms_in(await self._rooms.memberships_of(other), until))
        }


def _rooms_in(memberships: Mapping[RoomId, Membership], until: int) -> set[RoomId]:
    return {room for room, what in memberships.items() if what.membership == "join" or what.position > until}
