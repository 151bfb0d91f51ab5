"""People who send as fast as the server acknowledges, until it dies under them; and the questions asked afterwards."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from urllib.parse import quote

import httpx
import msgspec

API = "/_matrix/client/v3"
PAGE_EVENTS = 500


class Attempt(msgspec.Struct):
    """One message as its sender knows it. event_id: as acknowledged; None if the server died before it answered."""

    room_id: str
    text: str
    event_id: str | None = None


class Sender:
    """Somebody signed in on one device; the signing in outlives the server's deaths."""

    def __init__(self, address: str) -> None:
        self._http = httpx.AsyncClient(base_url=address, timeout=30)

    async def register(self, name: str) -> None:
        """The account is there."""
        body = {"username": name, "password": "a password of many words", "auth": {"type": "m.login.dummy"}}
        reply = await self._request("POST", "/register", body)
        self._http.headers["Authorization"] = f"Bearer {reply['access_token']}"

    def move_to(self, address: str) -> None:
        """From now on another server is asked, with the same access token."""
        self._http.base_url = httpx.URL(address)

    async def close(self) -> None:
        await self._http.aclose()

    async def create_room(self) -> str:
        """The id of a new room."""
        return str((await self._request("POST", "/createRoom", {}))["room_id"])

    async def send_until_death(self, room_id: str, prefix: str, attempts: list[Attempt]) -> None:
        """One message after the other was sent and noted in `attempts`, up to the one that got no answer."""
        with contextlib.suppress(httpx.TransportError):
            while True:
                attempts.append(Attempt(room_id, f"{prefix} {len(attempts)}"))
                attempts[-1].event_id = await self.send(attempts[-1])

    async def send(self, attempt: Attempt) -> str:
        """The id the server gives to this message; its text is its transaction id, so that it may be asked again."""
        path = f"/rooms/{quote(attempt.room_id)}/send/m.room.message/{quote(attempt.text)}"
        reply = await self._request("PUT", path, {"msgtype": "m.text", "body": attempt.text})
        return str(reply["event_id"])

    async def wait_for_news(self) -> None:
        """Something new concerned this person."""
        since = str((await self._request("GET", "/sync"))["next_batch"])
        await self._request("GET", f"/sync?timeout=30000&since={quote(since)}")

    async def messages(self, room_id: str) -> list[tuple[str, str]]:
        """Every message of the room, oldest first: its id and its text."""
        found: list[tuple[str, str]] = []
        position = ""
        while True:
            page = await self._request("GET", f"/rooms/{quote(room_id)}/messages?dir=f&limit={PAGE_EVENTS}{position}")
            chunk = msgspec.convert(page["chunk"], list[dict[str, object]])
            for event in chunk:
                if event["type"] == "m.room.message":
                    content = msgspec.convert(event["content"], dict[str, object])
                    found.append((str(event["event_id"]), str(content["body"])))
            if "end" not in page:
                return found
            position = f"&from={quote(str(page['end']))}"

    async def _request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        reply = await self._http.request(method, API + path, json=body)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return msgspec.json.decode(reply.content, type=dict[str, object])


async def assert_nothing_lost(sender: Sender, room_id: str, attempts: list[Attempt]) -> None:
    """Every acknowledged message is there once, under its id and in order; nothing else but the unanswered ones."""
    stored = await sender.messages(room_id)
    acknowledged = {attempt.text: attempt.event_id for attempt in attempts if attempt.event_id is not None}
    assert max(Counter(text for _, text in stored).values(), default=1) == 1, "a message is there twice"
    assert {text: event_id for event_id, text in stored if text in acknowledged} == acknowledged
    assert {text for _, text in stored} <= {attempt.text for attempt in attempts}


async def assert_sent_again_once(sender: Sender, room_id: str, attempts: list[Attempt]) -> None:
    """Whatever is sent again keeps the id it had, and what got no answer is there once."""
    before = {text: event_id for event_id, text in await sender.messages(room_id)}
    again = await asyncio.gather(*(sender.send(attempt) for attempt in attempts))
    for attempt, event_id in zip(attempts, again, strict=True):
        assert event_id == before.get(attempt.text, event_id), f"{attempt.text} was stored and got another id"
    after = await sender.messages(room_id)
    assert sorted(text for _, text in after) == sorted(attempt.text for attempt in attempts)
