"""Notices: the server itself writes to somebody, in a room of its own. Spec: client-server, Server Notices."""

import asyncio

from sottovoce.domains.rooms.model import CreateRoom
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import EventId, RoomId, UserId

from ..model import CannotNotify
from ..ports import NoticeRooms, NoticeStore, OwnAccount, RoomAccountData, Roster

MAX_NOTICE_LENGTH = 10_000
PAGE_PEOPLE = 200
TAG, NOTICE_TAG = "m.tag", "m.server_notice"
NOTICE_TYPE = "it.sottovoce.notice"
"""What kind of notice an administrator's own words are; the specification names only one, for limits reached."""
_ONLY_THE_SERVER_WRITES: dict[str, object] = {"events_default": 50, "invite": 50}


class Notices:
    """Writes to people in the server's name. author: the account that does it."""

    def __init__(
        self,
        author: UserId,
        rooms: NoticeRooms,
        roster: Roster,
        accounts: OwnAccount,
        account_data: RoomAccountData,
        store: NoticeStore,
        database: Database,
        server_title: str,
    ) -> None:
        self.author = author
        self._rooms = rooms
        self._roster = roster
        self._accounts = accounts
        self._account_data = account_data
        self._store = store
        self._database = database
        self._title = server_title
        self._lock = asyncio.Lock()

    async def send(self, user_id: UserId, text: str) -> EventId:
        """The notice is in the person's room for notices, to which they are invited at the first; its id.

        Raises CannotNotify, ProfileNotFound.
        """
        _check(text)
        person = await self._roster.one(user_id)
        if person.deactivated_at_ms is not None or user_id == self.author:
            raise CannotNotify("There is nobody to read it")
        async with self._lock:
            room_id = await self._room(user_id)
        content: dict[str, object] = {
            "msgtype": "m.server_notice",
            "body": text,
            "server_notice_type": NOTICE_TYPE,
        }
        return await self._rooms.send(room_id, self.author, "m.room.message", content, None)

    async def send_to_all(self, text: str) -> int:
        """Everybody who has an account in use was written to; how many they are. Raises CannotNotify."""
        _check(text)
        count, after = 0, ""
        while people := await self._roster.list(after, PAGE_PEOPLE, ""):
            for person in people:
                if person.deactivated_at_ms is None and not person.is_guest and person.user_id != self.author:
                    await self.send(person.user_id, text)
                    count += 1
            after = people[-1].user_id
        return count

    async def _room(self, user_id: UserId) -> RoomId:
        if not await self._accounts.exists(self.author):
            await self._accounts.add(self.author, displayname=self._title)
        room_id = await self._store.find_notice_room(user_id)
        if room_id is None:
            room_id = await self._open_room(user_id)
        elif await self._rooms.membership_of(user_id, room_id) not in ("join", "invite"):
            await self._rooms.invite(room_id, self.author, user_id)
        return room_id

    async def _open_room(self, user_id: UserId) -> RoomId:
        wanted = CreateRoom(
            preset="private_chat",
            name=self._title,
            invite=[user_id],
            power_level_content_override=_ONLY_THE_SERVER_WRITES,
        )
        room_id = await self._rooms.create(self.author, wanted)
        batch = Batch()
        self._store.set_notice_room(batch, user_id, room_id)
        await self._database.commit(batch)
        await self._account_data.set(user_id, room_id, TAG, {"tags": {NOTICE_TAG: {}}})
        return room_id


def _check(text: str) -> None:
    if not text.strip() or len(text) > MAX_NOTICE_LENGTH or "\0" in text:
        raise CannotNotify(f"A notice has from 1 to {MAX_NOTICE_LENGTH} characters")
