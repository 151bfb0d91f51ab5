"""The small bridge, with a bot that encrypts. What its device needs comes with its transactions: it never syncs."""

from pathlib import Path

from mautrix.client import Client
from mautrix.crypto import OlmMachine
from mautrix.crypto.store import MemoryCryptoStore
from mautrix.errors import EncryptionError, SessionNotFound
from mautrix.types import (
    CrossSigningUsage,
    EncryptedEvent,
    Event,
    EventType,
    RoomID,
    SigningKey,
    StateEvent,
    TextMessageEventContent,
    TOFUSigningKey,
    UserID,
)
from mautrix.types.event.message import MessageType

from tests.interop.mautrix_bridge import EchoBridge


class BridgeKeys(MemoryCryptoStore):
    """mautrix's own, which cannot store a cross-signing key that it has already."""

    async def put_cross_signing_key(self, user_id: UserID, usage: CrossSigningUsage, key: SigningKey) -> None:
        known = self._cross_signing_keys.setdefault(user_id, {})
        first = known[usage].first if usage in known else key
        known[usage] = TOFUSigningKey(key=key, first=first)


class EncryptedBridge(EchoBridge):
    """Its bot comes when it is invited and answers, encrypted, what it can decipher."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.deciphered: list[str] = []

    async def start(self, address: str) -> None:
        """As for the plain one; its bot has a device with published keys, signed by its own cross-signing keys."""
        await super().start(address)
        keys = BridgeKeys("bridge", "pickle")
        self.client = Client(base_url=address, mxid=self.bot.mxid, sync_store=keys, state_store=self.state)
        self.client.api.token = self.appservice.as_token
        self.crypto = OlmMachine(self.client, keys, self.state)
        self.appservice.otk_handler = self.crypto.handle_as_otk_counts
        self.appservice.device_list_handler = self.crypto.handle_as_device_lists
        self.appservice.to_device_handler = self.crypto.handle_as_to_device_event
        await self.client.create_device_msc4190(device_id="", initial_display_name="Bridge")
        await keys.put_device_id(self.client.device_id)
        await self.crypto.load()
        await self.crypto.share_keys()
        await self.crypto.generate_recovery_key()

    async def stop(self) -> None:
        """Nothing of it runs."""
        await self.client.api.session.close()
        await super().stop()

    async def says(self, room_id: RoomID, text: str) -> None:
        """The text is in the room, encrypted for the devices of everybody in it."""
        if not await self.state.is_encrypted(room_id):
            encryption = await self.bot.get_state_event(room_id, EventType.ROOM_ENCRYPTION)
            await self.state.set_encryption_info(room_id, encryption)  # type: ignore[arg-type]
        content = TextMessageEventContent(msgtype=MessageType.TEXT, body=text)
        try:
            encrypted = await self.crypto.encrypt_megolm_event(room_id, EventType.ROOM_MESSAGE, content)
        except EncryptionError:  # there is no session yet, or no longer
            await self.crypto.share_group_session(room_id, list(await self.bot.get_joined_members(room_id)))
            encrypted = await self.crypto.encrypt_megolm_event(room_id, EventType.ROOM_MESSAGE, content)
        await self.bot.send_message_event(room_id, EventType.ROOM_ENCRYPTED, encrypted)  # type: ignore[arg-type]

    async def _hear(self, event: Event) -> None:
        await super()._hear(event)
        if isinstance(event, EncryptedEvent) and not self.is_mine(event.sender):
            text = await self._deciphered(event)
            self.deciphered.append(text)
            await self.says(event.room_id, f"echo of {text}")
        elif isinstance(event, StateEvent) and event.type == EventType.ROOM_MEMBER:
            await self.crypto.handle_member_event(event)

    async def _deciphered(self, event: EncryptedEvent) -> str:
        try:
            plain = await self.crypto.decrypt_megolm_event(event)
        except SessionNotFound as missing:
            await self.crypto.wait_for_session(event.room_id, missing.session_id, timeout=10)
            plain = await self.crypto.decrypt_megolm_event(event)
        return str(plain.content.body)
