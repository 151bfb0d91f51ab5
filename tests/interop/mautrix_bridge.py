"""A small bridge made with mautrix: what is said in a room that a network's user is in, that user answers."""

import asyncio
import warnings
from collections.abc import Callable
from pathlib import Path

import yaml
from mautrix.appservice import AppService, ASStateStore, IntentAPI
from mautrix.client.state_store import MemoryStateStore
from mautrix.crypto import StateStore
from mautrix.types import Event, EventType, Membership, MessageEvent, RoomID, StateEvent, UserID

from tests.helpers.server_process import free_port

HEARS_WITHIN_S = 20
SERVER_NAME = "localhost"
GHOSTS = "_echo_"


class BridgeState(ASStateStore, MemoryStateStore, StateStore):  # type: ignore[misc] # of the same verbs, not all alike
    """What mautrix remembers of rooms and users, in memory."""

    def __init__(self) -> None:
        ASStateStore.__init__(self)
        MemoryStateStore.__init__(self)

    async def find_shared_rooms(self, user_id: UserID) -> list[RoomID]:
        return [room for room, members in self.members.items() if user_id in members and self.encryption.get(room)]


class EchoBridge:
    """Ghosts of the network come when they are invited and answer what they hear.

    heard: the messages that came in transactions, in order, with the room and the sender.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.state = BridgeState()
        self.registration = folder / "registration.yaml"
        self.registration.write_text(yaml.safe_dump(self._registered()))
        self.heard: list[tuple[str, str, str]] = []
        self.invited: list[str] = []
        self.ephemeral: list[str] = []

    def _registered(self) -> dict[str, object]:
        return {
            "id": "echo",
            "url": f"http://127.0.0.1:{self.port}",
            "as_token": "the token of the bridge",
            "hs_token": "the-token-of-the-server",
            "sender_localpart": "echobot",
            "rate_limited": False,
            "namespaces": {
                "users": [
                    {"exclusive": True, "regex": f"@{GHOSTS}.+:{SERVER_NAME}"},
                    {"exclusive": True, "regex": f"@echobot:{SERVER_NAME}"},
                ],
                "aliases": [{"exclusive": True, "regex": f"#{GHOSTS}.+:{SERVER_NAME}"}],
            },
            "de.sorunome.msc2409.push_ephemeral": True,
            "receive_ephemeral": True,
            "org.matrix.msc3202": True,
        }

    async def start(self, address: str) -> None:
        """The bridge listens, and its bot is there."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # it gives aiohttp a loop
            self.appservice = AppService(
                server=address,
                domain=SERVER_NAME,
                as_token="the token of the bridge",
                hs_token="the-token-of-the-server",
                bot_localpart="echobot",
                id="echo",
                state_store=self.state,
                ephemeral_events=True,
                encryption_events=True,
            )
        self.appservice.query_user = self._make_ghost  # type: ignore[assignment]  # it is awaited
        self.appservice.matrix_event_handler(self._hear)
        await self.appservice.start("127.0.0.1", self.port)
        await self.bot.ensure_registered()

    async def stop(self) -> None:
        """Nothing of it runs."""
        await self.appservice.stop()

    @property
    def bot(self) -> IntentAPI:
        return self.appservice.intent

    def ghost(self, name: str) -> IntentAPI:
        """A user of the network."""
        return self.bot.user(UserID(f"@{GHOSTS}{name}:{SERVER_NAME}"))

    async def until(self, happened: Callable[[], object]) -> None:
        """What the bridge was told makes this true."""
        async with asyncio.timeout(HEARS_WITHIN_S):
            while not happened():  # noqa: ASYNC110 - its server tells it in tasks of its own
                await asyncio.sleep(0.01)

    def is_mine(self, user_id: str) -> bool:
        return user_id.startswith(f"@{GHOSTS}") or user_id == self.bot.mxid

    async def _make_ghost(self, user_id: UserID) -> dict[str, object]:
        await self.bot.user(user_id).ensure_registered()
        return {}

    async def _hear(self, event: Event) -> None:
        if isinstance(event, StateEvent) and event.type == EventType.ROOM_MEMBER:
            if event.content.membership == Membership.INVITE and self.is_mine(event.state_key):
                self.invited.append(event.state_key)
                await self.bot.user(UserID(event.state_key)).ensure_joined(event.room_id)
        elif isinstance(event, MessageEvent) and not self.is_mine(event.sender):
            await self.hears(event)
        elif event.type.is_ephemeral:
            self.ephemeral.append(str(event.type))

    async def hears(self, event: MessageEvent) -> None:
        """What somebody said is answered by the ghosts in the room."""
        self.heard.append((event.room_id, event.sender, event.content.body))
        for member in await self.bot.state_store.get_members(event.room_id) or ():
            if member.startswith(f"@{GHOSTS}"):
                await self.bot.user(member).send_text(event.room_id, f"echo of {event.content.body}")
