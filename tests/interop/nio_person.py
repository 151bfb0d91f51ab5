"""Somebody who uses the server through matrix-nio."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from nio import (
    AsyncClient,
    Event,
    JoinResponse,
    LoginResponse,
    RegisterResponse,
    RoomCreateResponse,
    RoomMessageText,
    RoomPreset,
    RoomSendResponse,
    SyncResponse,
)

PASSWORD = "a password of many words"
NEWS_WITHIN_S = 20
POLL_MS = 5_000

T = TypeVar("T")


def expect(kind: type[T], response: object) -> T:
    """The response, which must be the success that nio makes of a good answer."""
    assert isinstance(response, kind), response
    return response


class NioPerson:
    """One signed-in nio client.

    heard: every event of a timeline its syncs told, in order. left: the rooms its syncs told it is out of.
    """

    def __init__(self, address: str, name: str) -> None:
        self.nio = AsyncClient(address, name)
        self.heard: list[Event] = []
        self.left: set[str] = set()
        self.nio.add_event_callback(self._hear, Event)

    @property
    def user_id(self) -> str:
        return str(self.nio.user_id)

    @property
    def texts(self) -> list[str]:
        """What the messages heard so far say."""
        return [event.body for event in self.heard if isinstance(event, RoomMessageText)]

    async def registers(self) -> None:
        """The account is there, and signed in."""
        expect(RegisterResponse, await self.nio.register(self.nio.user, PASSWORD))

    async def logs_in(self) -> None:
        """Signed in on a new device."""
        expect(LoginResponse, await self.nio.login(PASSWORD))

    async def closes(self) -> None:
        """Nothing of it is open."""
        await self.nio.close()

    async def creates_room(self, *invited: str) -> str:
        """The id of a new private room."""
        asked = self.nio.room_create(name="Walk", invite=list(invited), preset=RoomPreset.private_chat)
        return str(expect(RoomCreateResponse, await asked).room_id)

    async def joins(self, room_id: str) -> None:
        expect(JoinResponse, await self.nio.join(room_id))

    async def says(self, room_id: str, text: str) -> str:
        """The id of a new message."""
        content = {"msgtype": "m.text", "body": text}
        sent = expect(RoomSendResponse, await self.nio.room_send(room_id, "m.room.message", content))
        return str(sent.event_id)

    async def syncs(self, **options: Any) -> SyncResponse:
        """What one sync told."""
        told = expect(SyncResponse, await self.nio.sync(**options))
        self.left |= told.rooms.leave.keys()
        return told

    async def until(self, happened: Callable[[], object]) -> None:
        """Syncs told what makes this true."""
        async with asyncio.timeout(NEWS_WITHIN_S):
            while not happened():
                await self.syncs(timeout=POLL_MS)

    async def _hear(self, room: object, event: Event) -> None:
        self.heard.append(event)
