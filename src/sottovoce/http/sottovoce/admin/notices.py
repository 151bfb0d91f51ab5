"""Notices in the server's name, and what the server takes of its machine."""

import msgspec

from sottovoce.domains.accounts.service import Roster
from sottovoce.domains.administration.service import Notices, StorageMeter
from sottovoce.http.answers import Json
from sottovoce.http.call import Call

from .operation import Operation, Section

_section = Section()


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

    @_section.operation(
        "notifyPerson",
        "POST",
        "people/{user_id}/notices",
        answer=Sent,
        body=Notice,
        missing="Nobody here is called so.",
    )
    async def send(self, call: Call) -> Json:
        """The server writes to somebody, in a room in which only it writes."""
        person = self._roster.named(call.path["user_id"])
        return Json(Sent(await self._notices.send(person, call.decode(Notice).text)))

    @_section.operation("notifyEverybody", "POST", "notices", answer=SentToAll, body=Notice)
    async def send_to_all(self, call: Call) -> Json:
        """The server writes to everybody."""
        return Json(SentToAll(await self._notices.send_to_all(call.decode(Notice).text)))

    @_section.operation("showStorage", "GET", "storage", answer=Stored)
    async def storage(self, call: Call) -> Json:
        """What is stored, and how much room is left."""
        return Json(Stored(*await self._storage.measure()))


def operations(notices: Notices, storage: StorageMeter, roster: Roster) -> list[Operation]:
    """The operations of this section."""
    return _section.of(NoticeHandlers(notices, storage, roster))
