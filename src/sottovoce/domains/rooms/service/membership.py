"""Coming, going, inviting and removing."""

from sottovoce.domains.changes.model import Change
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId, parse_room_alias, parse_room_id, parse_user_id, server_of
from sottovoce.protocol.invite_permission import Verdict

from ..model import (
    MEMBER,
    AliasNotFound,
    BadState,
    CannotDecline,
    CannotForget,
    InviteBlocked,
    NotAllowed,
    RoomNotFound,
    UserNotFound,
)
from .admission import AUTHORISED_BY, Admission
from .guests import Guests
from .memory import Room
from .moving import Moving

_PRESENT = frozenset({"join", "invite", "knock"})


class Memberships(Admission, Guests, Moving):
    """Changes who is in a room."""

    async def resolve(self, room_id_or_alias: str) -> RoomId:
        """The id of the room meant. Raises Malformed, AliasNotFound."""
        if not room_id_or_alias.startswith("#"):
            return parse_room_id(room_id_or_alias)
        room_id = await self._around.aliases.resolve(RoomAlias(parse_room_alias(room_id_or_alias)))
        if room_id is None:
            raise AliasNotFound
        return room_id

    async def join(self, room_id: RoomId, user_id: UserId, reason: str | None = None) -> None:
        """The person is in the room. Raises RoomNotFound, NotAllowed, GuestsNotAllowed. Spec: Joining rooms."""
        if await self.memory.room(room_id) is None:
            raise RoomNotFound
        if (await self.membership_of(user_id, room_id)) != "join":
            await self._set(room_id, user_id, user_id, "join", reason)
            await self.bring_along(user_id, room_id)

    async def knock(self, room_id: RoomId, user_id: UserId, reason: str | None = None) -> None:
        """The person has asked to be let in. Raises RoomNotFound, NotAllowed. Spec: Knocking on rooms."""
        if await self.memory.room(room_id) is None:
            raise RoomNotFound
        await self._set(room_id, user_id, user_id, "knock", reason)

    async def leave(self, room_id: RoomId, user_id: UserId, reason: str | None = None) -> None:
        """The person is not in the room, not invited and does not ask to be.

        Raises NotInRoom, NotAllowed, CannotDecline. Spec: client-server, Leaving rooms; Server Notices.
        """
        membership = await self.membership_of(user_id, room_id)
        if membership == "invite" and await self._is_from_server(room_id, user_id):
            raise CannotDecline
        if membership != "leave":
            await self._set(room_id, user_id, user_id, "leave", reason)

    async def invite(self, room_id: RoomId, sender: UserId, target: str, reason: str | None = None) -> None:
        """The target is invited. Raises NotInRoom, NotAllowed, UserNotFound, InviteBlocked.

        Spec: client-server, Inviting users.
        """
        invitee = await self._invitable(sender, target)
        await self._set(room_id, sender, invitee, "invite", reason)

    async def kick(self, room_id: RoomId, sender: UserId, target: str, reason: str | None = None) -> None:
        """The target is out, and may come back. Raises NotInRoom, NotAllowed. Spec: Leaving rooms, kick."""
        person = parse_user_id(target)
        room = await self.memory.room(room_id)
        if room is not None and sender in room.joined and room.memberships.get(person) not in _PRESENT:
            raise NotAllowed(Refusal("5.5", "that person is not in the room"))
        await self._set(room_id, sender, person, "leave", reason)

    async def ban(self, room_id: RoomId, sender: UserId, target: str, reason: str | None = None) -> None:
        """The target is out and may not come back. Raises NotInRoom, NotAllowed. Spec: Banning users."""
        await self._set(room_id, sender, parse_user_id(target), "ban", reason)

    async def unban(self, room_id: RoomId, sender: UserId, target: str, reason: str | None = None) -> None:
        """The target may come back. Raises NotInRoom, NotAllowed, BadState. Spec: Banning users, unban."""
        person = parse_user_id(target)
        room = await self.memory.room(room_id)
        if room is not None and sender in room.joined and room.memberships.get(person) != "ban":
            raise BadState("that person is not banned")
        await self._set(room_id, sender, person, "leave", reason)

    async def forget(self, room_id: RoomId, user_id: UserId) -> None:
        """The person will hear of the room no more. Raises CannotForget (still in it). Spec: Leaving rooms, forget."""
        mine = await self.memory.rooms_of(user_id)
        async with self._turn(room_id) as (room, write):
            if room.memberships.get(user_id, "leave") not in ("leave", "ban"):
                raise CannotForget
            self._tools.store.add_forgotten(write.batch, room.room_key, user_id)
            position = self._tools.changes.next_position()
            write.batch.announce(Change("rooms", position, room_id, frozenset({user_id})))
            future = self._tools.database.submit(write.batch)
            if room_id in mine:  # seen by whoever is woken at the commit
                self.memory.set_membership(user_id, room_id, mine[room_id]._replace(is_forgotten=True))
        try:
            await future
        finally:
            self.memory.drop_person(user_id)

    async def membership_of(self, user_id: UserId, room_id: RoomId) -> str:
        """What the person is to the room now; "leave" for a stranger."""
        room = await self.memory.room(room_id)
        return "leave" if room is None else room.memberships.get(user_id, "leave")

    async def follow_profile(self, user_id: UserId) -> None:
        """Every room the person is in shows their name and picture as they are now."""
        for room_id, membership in list((await self.memory.rooms_of(user_id)).items()):
            if membership.membership == "join":
                await self._show_profile(room_id, user_id)

    async def leave_all(self, user_id: UserId) -> None:
        """The person is in no room, is invited to none and asks to come into none."""
        for room_id, membership in list((await self.memory.rooms_of(user_id)).items()):
            if membership.membership in _PRESENT:
                await self._set(room_id, user_id, user_id, "leave", None)

    async def _show_profile(self, room_id: RoomId, user_id: UserId) -> None:
        async with self._turn(room_id) as (room, write):
            if room.memberships.get(user_id) != "join":
                return
            await write.stage(user_id, MEMBER, await self._content(room, user_id, "join"), user_id)
            future = write.submit()
        if future is not None:
            await future

    async def _set(self, room_id: RoomId, sender: UserId, target: UserId, membership: str, reason: str | None) -> None:
        async with self._turn(room_id) as (room, write):
            await self._check_guest(room, target, membership)
            content = await self._content(room, target, membership)
            if reason is not None:
                content["reason"] = reason
            await write.stage(sender, MEMBER, content, target)
            future = write.submit()
        if future is not None:
            await future

    async def _content(self, room: Room, target: UserId, membership: str) -> dict[str, object]:
        content: dict[str, object] = {"membership": membership}
        if membership in _PRESENT:
            content |= await self._profile(target)
        if membership == "join" and room.memberships.get(target) == "invite":
            invitation = await self.memory.state_event(room, (MEMBER, target))
            if invitation is not None and invitation.content.get("is_direct") is True:
                content["is_direct"] = True
        if membership == "join":
            content |= await self._authorisation(room, target)
        return content

    async def _member_content(
        self, room: Room, sender: UserId, target: str, content: dict[str, object]
    ) -> dict[str, object]:
        """What a member event that a client wrote itself says: who authorised a join is ours to say, and true.

        Raises UserNotFound, InviteBlocked.
        """
        content = {name: value for name, value in content.items() if name != AUTHORISED_BY}
        if content.get("membership") == "join" and target == sender:
            content |= await self._authorisation(room, sender)
        if content.get("membership") == "invite":
            await self._invitable(sender, target)
        return content

    async def _profile(self, user_id: UserId) -> dict[str, object]:
        profile = await self._around.people.profile_of(user_id)
        fields = (("displayname", profile.displayname), ("avatar_url", profile.avatar_url))
        return {name: value for name, value in fields if value is not None}

    async def _invitable(self, sender: UserId, target: str) -> UserId:
        """The person of this name, who takes invitations of the sender. Raises UserNotFound, InviteBlocked."""
        person = await self._local_person(target)
        if await self.preferences.verdict(person, sender) is Verdict.BLOCK:
            raise InviteBlocked
        return person

    async def _is_from_server(self, room_id: RoomId, user_id: UserId) -> bool:
        """Whether it was the server itself that invited the person."""
        room = await self.memory.room(room_id)
        invitation = None if room is None else await self.memory.state_event(room, (MEMBER, user_id))
        return invitation is not None and invitation.sender == self._around.server_user

    async def _local_person(self, text: str) -> UserId:
        person = parse_user_id(text)
        if server_of(person) != self._around.server or not await self._around.people.exists(person):
            raise UserNotFound
        return person
