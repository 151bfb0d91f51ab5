"""The mautrix framework's client, with python-olm, as a talker."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from mautrix.client import Client, InternalEventType
from mautrix.client.state_store import MemoryStateStore
from mautrix.crypto import OlmMachine, StateStore
from mautrix.crypto.store import MemoryCryptoStore
from mautrix.types import EventType, Membership, RoomCreatePreset, RoomID, StrippedStateEvent, UserID

from tests.interop.talker import ENCRYPTION, NEWS_WITHIN_S, PASSWORD

_POLL_S = 0.02


class _Rooms(MemoryStateStore, StateStore):  # type: ignore[misc] # both say async and Awaitable of the same verb
    """The rooms as mautrix keeps them, with the one question more that its encryption asks."""

    async def find_shared_rooms(self, user_id: UserID) -> list[RoomID]:
        return [room for room, members in self.members.items() if user_id in members and self.encryption.get(room)]


class MautrixTalker:
    """Syncs by itself from when it has signed up."""

    def __init__(self, address: str, name: str) -> None:
        self._name = name
        self._rooms = _Rooms()
        self._keys = MemoryCryptoStore("account", "pickle")
        self._client = Client(base_url=address, state_store=self._rooms, sync_store=self._keys)
        self._heard: list[str] = []
        self._failed: list[object] = []

    @property
    def user_id(self) -> str:
        return str(self._client.mxid)

    async def signs_up(self) -> None:
        """Implements Talker."""
        client = self._client
        body = {"username": self._name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
        made = await client.api.session.post(f"{client.api.base_url}/_matrix/client/v3/register", json=body)
        told = await made.json()
        client.mxid, client.device_id = UserID(told["user_id"]), told["device_id"]
        client.api.token = told["access_token"]
        client.crypto = OlmMachine(client, self._keys, self._rooms)
        await self._keys.put_device_id(client.device_id)
        await client.crypto.load()
        client.add_event_handler(EventType.ROOM_MESSAGE, self._hear)
        client.add_event_handler(InternalEventType.SYNC_ERRORED, self._fail)
        await client.crypto.share_keys()
        client.start(None)

    async def creates_room(self, invited: str) -> str:
        """Implements Talker."""
        encryption: Any = {"type": "m.room.encryption", "content": ENCRYPTION, "state_key": "", "sender": self.user_id}
        state = StrippedStateEvent.deserialize(encryption)
        return str(
            await self._client.create_room(
                preset=RoomCreatePreset.PRIVATE, invitees=[UserID(invited)], initial_state=[state]
            )
        )

    async def joins(self, room_id: str) -> None:
        """Implements Talker."""
        await self._until(lambda: self._membership(room_id, self.user_id) == Membership.INVITE)
        await self._client.join_room_by_id(RoomID(room_id))
        await self._until(lambda: self._rooms.encryption.get(RoomID(room_id)))

    async def knows(self, room_id: str, user_id: str) -> None:
        """Implements Talker."""
        await self._until(lambda: self._membership(room_id, user_id) == Membership.JOIN)

    async def says(self, room_id: str, text: str) -> str:
        """Implements Talker."""
        return str(await self._client.send_text(RoomID(room_id), text))

    async def hears(self, room_id: str, text: str) -> None:
        """Implements Talker."""
        await self._until(lambda: text in self._heard)

    async def closes(self) -> None:
        """Implements Talker."""
        syncing = self._client.syncing_task
        self._client.stop()
        if syncing is not None:
            await asyncio.gather(syncing, return_exceptions=True)
        await self._client.api.session.close()
        assert self._failed == []

    def _membership(self, room_id: str, user_id: str) -> object:
        member = self._rooms.members.get(RoomID(room_id), {}).get(UserID(user_id))
        return member and member.membership

    async def _until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(NEWS_WITHIN_S):
            while not happened():  # noqa: ASYNC110 - mautrix changes its stores, and tells nobody
                await asyncio.sleep(_POLL_S)

    async def _hear(self, event: Any) -> None:
        self._heard.append(event.content.body)

    async def _fail(self, data: Any) -> None:
        self._failed.append(data)


logging.getLogger("mau").setLevel(logging.CRITICAL)
