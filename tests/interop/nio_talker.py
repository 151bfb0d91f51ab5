"""matrix-nio, with vodozemac, as a talker."""

from pathlib import Path

import nio
from nio import store

from tests.interop.nio_person import NioPerson, expect
from tests.interop.talker import ENCRYPTION


class NioTalker(NioPerson):
    """Keeps its keys in `folder`."""

    def __init__(self, address: str, name: str, folder: Path) -> None:
        super().__init__(address, name)
        config = nio.AsyncClientConfig(store=store.SqliteMemoryStore, encryption_enabled=True)
        self.nio = nio.AsyncClient(address, name, store_path=str(folder), config=config)
        self.nio.add_event_callback(self._hear, nio.Event)

    async def signs_up(self) -> None:
        """Implements Talker."""
        await self.registers()
        self.nio.load_store()
        await self.syncs(timeout=0)

    async def creates_room(self, *invited: str) -> str:
        """Implements Talker."""
        encryption = {"type": "m.room.encryption", "state_key": "", "content": ENCRYPTION}
        asked = self.nio.room_create(
            invite=list(invited), preset=nio.RoomPreset.private_chat, initial_state=[encryption]
        )
        return str(expect(nio.RoomCreateResponse, await asked).room_id)

    async def joins(self, room_id: str) -> None:
        """Implements Talker."""
        await self.until(lambda: room_id in self.nio.invited_rooms)
        await super().joins(room_id)
        await self.until(lambda: room_id in self.nio.rooms and self.nio.rooms[room_id].encrypted)

    async def knows(self, room_id: str, user_id: str) -> None:
        """Implements Talker."""
        await self.until(lambda: room_id in self.nio.rooms and self._joined(room_id, user_id))
        await self._tends_keys()

    async def says(self, room_id: str, text: str) -> str:
        """Implements Talker."""
        content = {"msgtype": "m.text", "body": text}
        asked = self.nio.room_send(room_id, "m.room.message", content, ignore_unverified_devices=True)
        return str(expect(nio.RoomSendResponse, await asked).event_id)

    async def hears(self, room_id: str, text: str) -> None:
        """Implements Talker."""
        await self.until(lambda: text in self.texts)

    async def syncs(self, **options: object) -> nio.SyncResponse:
        """What one sync told; whatever it made necessary about keys is done."""
        told = await super().syncs(**options)
        await self._tends_keys()
        return told

    def _joined(self, room_id: str, user_id: str) -> bool:
        room = self.nio.rooms[room_id]
        return user_id in room.users and user_id not in room.invited_users

    async def _tends_keys(self) -> None:
        await self.nio.send_to_device_messages()
        if self.nio.should_upload_keys:
            expect(nio.KeysUploadResponse, await self.nio.keys_upload())
        if self.nio.should_query_keys:
            expect(nio.KeysQueryResponse, await self.nio.keys_query())
        if self.nio.should_claim_keys:
            expect(nio.KeysClaimResponse, await self.nio.keys_claim(self.nio.get_users_for_key_claiming()))
