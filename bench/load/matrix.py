"""The few calls of the client-server API that the benchmark makes, decoded no further than it needs."""

import gzip as gzip_format
from urllib.parse import quote

import msgspec

from bench.load.http import Answer, Connection

# Of throwaway accounts of a throwaway server.
PASSWORD = "correct horse battery staple"
_API = "/_matrix/client/v3"
_FIRST_TEXT = b'{"msgtype":"m.text","body":"'


class RequestRefused(Exception):
    """The server answered something else than 200."""


class Account(msgspec.Struct, frozen=True):
    """A registered person with a device signed in."""

    user_id: str
    access_token: str


class EventContent(msgspec.Struct):
    """What a message says."""

    body: str = ""


class TimelineEvent(msgspec.Struct):
    """An event of a /sync timeline."""

    type: str
    content: EventContent


class Timeline(msgspec.Struct):
    """A chat's part of a /sync answer; limited if something before it was left out."""

    events: list[TimelineEvent] = []
    limited: bool = False


class JoinedRoom(msgspec.Struct):
    """A joined chat in a /sync answer."""

    timeline: Timeline = msgspec.field(default_factory=Timeline)


class SyncRooms(msgspec.Struct):
    """The chats of a /sync answer."""

    join: dict[str, JoinedRoom] = {}


class SyncAnswer(msgspec.Struct):
    """What the measures read of a /sync answer."""

    next_batch: str
    rooms: SyncRooms = msgspec.field(default_factory=SyncRooms)


class _EventSent(msgspec.Struct):
    event_id: str


class _RoomEntered(msgspec.Struct):
    room_id: str


class _FilterKept(msgspec.Struct):
    filter_id: str


_read_sync = msgspec.json.Decoder(SyncAnswer).decode
_read_sent = msgspec.json.Decoder(_EventSent).decode
_encode = msgspec.json.encode


class Client:
    """One device of one person, on one connection."""

    def __init__(self, port: int, account: Account) -> None:
        self.account = account
        self._connection = Connection(port, account.access_token)
        self._sent = 0

    async def send(self, room_id: str, body: str) -> str:
        """Send a text message; answers its event id. The body must need no JSON escapes."""
        self._sent += 1
        # Unique per device for the length of a run: every run starts from a fresh copy of the town.
        transaction = f"b{id(self)}.{self._sent}"
        target = f"{_API}/rooms/{quote(room_id, safe='')}/send/m.room.message/{transaction}"
        answer = await self._connection.request("PUT", target, b'%s%s"}' % (_FIRST_TEXT, body.encode()))
        return _read_sent(_checked(answer)).event_id

    async def sync(self, since: str = "", *, filter_id: str = "", timeout_ms: int = 0, query: str = "") -> SyncAnswer:
        """One /sync, long-polling up to the timeout."""
        return decode_sync(await self.raw_sync(since, filter_id=filter_id, timeout_ms=timeout_ms, query=query))

    async def raw_sync(
        self, since: str = "", *, filter_id: str = "", timeout_ms: int = 0, query: str = "", gzip: bool = False
    ) -> Answer:
        """One /sync, not decoded."""
        target = f"{_API}/sync?timeout={timeout_ms}{query}"
        if since:
            target += f"&since={quote(since, safe='')}"
        if filter_id:
            target += f"&filter={quote(filter_id, safe='')}"
        answer = await self._connection.request("GET", target, gzip=gzip)
        _checked(answer)
        return answer

    async def keep_filter(self, definition: dict[str, object]) -> str:
        """Upload a filter, as apps do, and answer its id."""
        target = f"{_API}/user/{quote(self.account.user_id, safe='')}/filter"
        answer = await self._connection.request("POST", target, _encode(definition))
        return msgspec.json.decode(_checked(answer), type=_FilterKept).filter_id

    async def create_room(self, name: str, *, preset: str, invite: list[str]) -> str:
        """Create a chat; answers its room id."""
        wish = {"name": name, "preset": preset, "invite": invite}
        answer = await self._connection.request("POST", f"{_API}/createRoom", _encode(wish))
        return msgspec.json.decode(_checked(answer), type=_RoomEntered).room_id

    async def join(self, room_id: str) -> None:
        """Enter a chat by its id."""
        target = f"{_API}/rooms/{quote(room_id, safe='')}/join"
        _checked(await self._connection.request("POST", target, b"{}"))

    def close(self) -> None:
        """Drop the connection."""
        self._connection.close()


async def register(port: int, localpart: str) -> Account:
    """Make an account on a server with open registration."""
    wish: dict[str, object] = {"username": localpart, "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
    return await _sign(port, "register", wish)


async def sign_in(port: int, user_id: str) -> Account:
    """Sign in with one more device."""
    wish: dict[str, object] = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": PASSWORD,
    }
    return await _sign(port, "login", wish)


def decode_sync(answer: Answer) -> SyncAnswer:
    """Read a /sync answer, compressed or not."""
    return _read_sync(gzip_format.decompress(answer.body) if answer.is_gzip else answer.body)


async def _sign(port: int, verb: str, wish: dict[str, object]) -> Account:
    connection = Connection(port)
    try:
        answer = await connection.request("POST", f"{_API}/{verb}", _encode(wish))
        return msgspec.json.decode(_checked(answer), type=Account)
    finally:
        connection.close()


def _checked(answer: Answer) -> bytes:
    if answer.status != 200:
        raise RequestRefused(f"{answer.status} {answer.body[:300]!r}")
    return answer.body
