"""What the tests of pushers share: a gateway, and people who are told there."""

from typing import Any

from tests.helpers.people import Person
from tests.helpers.web_server import Answer, Asked, WebServer

PATH = "/_matrix/push/v1/notify"
REJECTED = b'{"rejected": []}'


class Gateway(WebServer):
    """A push gateway, which notes what it was told."""

    def __init__(self) -> None:
        super().__init__(lambda _: Answer(200, REJECTED))

    @property
    def url(self) -> str:
        return f"{self.address}{PATH}"

    async def told(self, count: int, within_s: float = 30) -> list[Any]:
        """The notifications, as soon as there are so many."""
        return [asked.json["notification"] for asked in await self.heard(count, within_s)]


def pusher(url: str, **fields: object) -> dict[str, object]:
    """A body of /pushers/set."""
    return {
        "kind": "http", "app_id": "org.example.app", "pushkey": "key", "app_display_name": "App",
        "device_display_name": "Phone", "lang": "en", "data": {"url": url},
    } | fields  # fmt: skip


async def sets_pusher(person: Person, url: str, **fields: object) -> None:
    await person.done("POST", "pushers/set", pusher(url, **fields))


def events(notifications: list[Any]) -> list[str]:
    """The ids of the events among what was told."""
    return [each["event_id"] for each in notifications if "event_id" in each]


__all__ = ["PATH", "Answer", "Asked", "Gateway", "events", "pusher", "sets_pusher"]
