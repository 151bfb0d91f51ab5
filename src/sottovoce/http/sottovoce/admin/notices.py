"""Notices in the server's name, and what the server takes of its machine."""

import msgspec

from sottovoce.domains.accounts.service import Roster
from sottovoce.domains.administration.service import Notices, StorageMeter
from sottovoce.http.answers import Json
from sottovoce.http.call import Call

from .operation import Operation


class Notice(msgspec.Struct):
    """What somebody is to read."""

    text: str


class Sent(msgspec.Struct):
    """The notice that was sent."""

    event_id: str


class SentToAll(msgspec.Struct):
    """How many people were written to."""

    people: int


class Stored(msgspec.Struct):
    """What is stored, and how much room is left."""

    database_bytes: int
    free_disk_bytes: int
    accounts: int
    rooms: int


class NoticeHandlers:
    """Handlers of notices and storage."""

    def __init__(self, notices: Notices, storage: StorageMeter, roster: Roster) -> None:
        self._notices = notices
        self._storage = storage
        self._roster = roster

    async def send(self, call: Call) -> Json:
        """POST people/{user_id}/notices."""
        person = self._roster.named(call.path["user_id"])
        return Json(Sent(await self._notices.send(person, call.decode(Notice).text)))

    async def send_to_all(self, call: Call) -> Json:
        """POST notices."""
        return Json(SentToAll(await self._notices.send_to_all(call.decode(Notice).text)))

    async def storage(self, call: Call) -> Json:
        """GET storage."""
        return Json(Stored(*await self._storage.measure()))


def operations(notices: Notices, storage: StorageMeter, roster: Roster) -> list[Operation]:
    """The operations of this section."""
    own = NoticeHandlers(notices, storage, roster)
    return [
        Operation(
            name="notifyPerson",
            method="POST",
            path="people/{user_id}/notices",
            summary="The server writes to somebody, in a room in which only it writes.",
            handler=own.send,
            body=Notice,
            answer=Sent,
            missing="Nobody here is called so.",
        ),
        Operation(
            name="notifyEverybody",
            method="POST",
            path="notices",
            summary="The server writes to everybody.",
            handler=own.send_to_all,
            body=Notice,
            answer=SentToAll,
        ),
        Operation(
            name="showStorage",
            method="GET",
            path="storage",
            summary="What is stored, and how much room is left.",
            handler=own.storage,
            answer=Stored,
        ),
    ]
