"""Who is there."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from sottovoce.domains.presence.model import IDLE_AFTER_S, OFFLINE_AFTER_S, STATUS_MAX_BYTES
from sottovoce.domains.presence.service.presence import LOOKED_THROUGH_EVERY_S
from tests.helpers.asgi import segment
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person
from tests.helpers.server import RunningServer


class Clockwork(RunningServer):
    """A server whose time stands still, and which looks who is there only when told to."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.clock = FakeClock()
        super().__init__(folder, self.clock, **settings)

    async def later(self, seconds: float = 0) -> None:
        """So much time has passed, and everybody's presence is what it should be."""
        self.clock.advance(int(seconds * 1000))
        messenger = self.app.messenger
        assert messenger is not None
        await messenger.presence.sweep()


@pytest.fixture
async def homeserver(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[Clockwork]:
    server = Clockwork(tmp_path, database=new_database())
    await server.start()
    yield server
    await server.stop()


def status_path(person: Person) -> str:
    return f"presence/{segment(person.user_id)}/status"


def told(answer: dict[str, Any]) -> dict[str, str]:
    """Whom the answer shows as what."""
    events = answer.get("presence", {}).get("events", [])
    return {event["sender"]: event["content"]["presence"] for event in events}


async def state_of(person: Person, reader: Person) -> dict[str, Any]:
    content: dict[str, Any] = await reader.done("GET", status_path(person))
    return content


async def test_whoever_syncs_is_seen_by_those_who_share_a_chat(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    since = (await alice.syncs())["next_batch"]
    await bob.syncs()
    await homeserver.later()
    answer = await alice.syncs(since)
    assert told(answer)[bob.user_id] == "online"
    assert bob.user_id not in told(await alice.syncs(answer["next_batch"]))


async def test_a_first_sync_shows_who_is_there(homeserver: Clockwork, alice: Person, bob: Person, a_room: str) -> None:
    await bob.syncs()
    await homeserver.later()
    [event] = [it for it in (await alice.syncs())["presence"]["events"] if it["sender"] == bob.user_id]
    assert event == {
        "type": "m.presence",
        "sender": bob.user_id,
        "content": {"presence": "online", "last_active_ago": 0, "currently_active": True},
    }


async def test_strangers_hear_nothing_of_each_other(
    homeserver: Clockwork, alice: Person, carol: Person, a_room: str
) -> None:
    since = (await carol.syncs())["next_batch"]
    await alice.syncs()
    await homeserver.later()
    assert alice.user_id not in told(await carol.syncs(since))
    assert alice.user_id not in told(await carol.syncs())
    reply = await carol.get(status_path(alice))
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_people_who_do_not_exist_look_like_strangers(alice: Person) -> None:
    reply = await alice.get("presence/%40nobody%3Atest/status")
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_whoever_syncs_no_more_is_gone_after_a_while(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.syncs()
    await homeserver.later()
    since = (await alice.syncs())["next_batch"]
    await homeserver.later(OFFLINE_AFTER_S - 1)
    assert (await state_of(bob, alice))["presence"] == "online"
    await homeserver.later(LOOKED_THROUGH_EVERY_S)
    assert told(await alice.syncs(since))[bob.user_id] == "offline"
    assert bob.user_id not in told(await alice.syncs())


async def test_whoever_was_away_themselves_hears_what_became_of_the_others(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.syncs()
    await homeserver.later()
    since = (await alice.syncs())["next_batch"]
    await homeserver.later(OFFLINE_AFTER_S + LOOKED_THROUGH_EVERY_S)
    await homeserver.later(OFFLINE_AFTER_S + LOOKED_THROUGH_EVERY_S)
    assert told(await alice.syncs(since))[bob.user_id] == "offline"


async def test_whoever_is_there_but_does_nothing_is_away(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    for _ in range(int(IDLE_AFTER_S // 20) + 1):
        await bob.syncs()
        await homeserver.later(20)
    assert (await state_of(bob, alice))["presence"] == "unavailable"
    event_id = await bob.says(a_room, "back")
    await bob.done("POST", f"rooms/{segment(a_room)}/receipt/m.read/{segment(event_id)}", {})
    assert await state_of(bob, alice) == {"presence": "online", "last_active_ago": 0, "currently_active": True}


async def test_a_sync_can_leave_somebody_unseen_or_away(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.syncs(set_presence="offline")
    assert (await state_of(bob, alice))["presence"] == "offline"
    await bob.syncs(set_presence="unavailable")
    assert (await state_of(bob, alice))["presence"] == "unavailable"


async def test_whoever_stays_unseen_still_sees_the_others(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    since = (await alice.syncs(set_presence="offline"))["next_batch"]
    await bob.syncs()
    await homeserver.later()
    assert told(await alice.syncs(since, set_presence="offline")) == {bob.user_id: "online"}


async def test_the_best_of_somebodys_devices_counts(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    other = await homeserver.another_device(bob)
    await bob.syncs()
    await other.syncs(set_presence="unavailable")
    assert (await state_of(bob, alice))["presence"] == "online"


async def test_a_status_is_told_and_outlives_the_server(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    since = (await alice.syncs())["next_batch"]
    await bob.done("PUT", status_path(bob), {"presence": "unavailable", "status_msg": "in Rome"})
    await homeserver.later()
    [event] = [it for it in (await alice.syncs(since))["presence"]["events"] if it["sender"] == bob.user_id]
    assert (event["content"]["presence"], event["content"]["status_msg"]) == ("unavailable", "in Rome")
    await homeserver.stop()
    await homeserver.start()
    alice.app = bob.app = homeserver.app.http
    assert await state_of(bob, alice) == {"presence": "offline", "status_msg": "in Rome"}
    await bob.done("PUT", status_path(bob), {"presence": "online"})
    assert "status_msg" not in await state_of(bob, alice)


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"presence": "busy"}, "M_INVALID_PARAM"),
        ({"presence": "online", "status_msg": "x" * (STATUS_MAX_BYTES + 1)}, "M_INVALID_PARAM"),
        ({"status_msg": "hello"}, "M_MISSING_PARAM"),
        ({"presence": 1}, "M_BAD_JSON"),
    ],
)
async def test_a_status_that_makes_no_sense_is_refused(alice: Person, body: dict[str, object], errcode: str) -> None:
    reply = await alice.put(status_path(alice), body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_nobody_sets_the_presence_of_another(alice: Person, bob: Person, a_room: str) -> None:
    reply = await alice.put(status_path(bob), {"presence": "offline"})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_people_new_to_each_other_see_each_other(
    homeserver: Clockwork, alice: Person, carol: Person, a_room: str
) -> None:
    alices, carols = (await alice.syncs())["next_batch"], (await carol.syncs())["next_batch"]
    await homeserver.later()
    alices = (await alice.syncs(alices))["next_batch"]
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    assert told(await carol.syncs(carols))[alice.user_id] == "online"
    await homeserver.later()
    assert told(await alice.syncs(alices))[carol.user_id] == "online"


async def test_after_a_restart_nobody_stays_online_by_mistake(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.syncs()
    await homeserver.later()
    since = (await alice.syncs())["next_batch"]
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert told(await alice.syncs(since))[bob.user_id] == "offline"


async def test_some_people_can_be_left_out_by_a_filter(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.syncs()
    await homeserver.later()
    for asked in (f'{{"presence": {{"not_senders": ["{bob.user_id}"]}}}}', '{"presence": {"types": []}}'):
        assert bob.user_id not in told(await alice.syncs(filter=asked))


async def test_switched_off_it_shows_and_tells_nothing(tmp_path: Path, new_database: Callable[[], str | None]) -> None:
    server = Clockwork(tmp_path, database=new_database(), presence="off")
    await server.start()
    alice = await server.person("alice")
    since = (await alice.syncs())["next_batch"]
    await alice.done("PUT", status_path(alice), {"presence": "online", "status_msg": "hello"})
    await server.later()
    assert await state_of(alice, alice) == {"presence": "offline"}
    assert "presence" not in await alice.syncs(since)
    assert "presence" not in await alice.syncs()
    await server.stop()


async def test_nobody_is_woken_to_hear_that_they_are_there(homeserver: Clockwork, alice: Person, a_room: str) -> None:
    since = (await alice.syncs())["next_batch"]
    since = (await alice.syncs(since))["next_batch"]
    await homeserver.later()
    assert "presence" not in await alice.syncs(since)


async def test_to_say_that_one_is_away_is_no_sign_of_activity(
    homeserver: Clockwork, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.syncs()
    await homeserver.later(20)
    await bob.done("PUT", status_path(bob), {"presence": "unavailable"})
    away = {"presence": "unavailable", "last_active_ago": 20_000, "currently_active": False}
    assert await state_of(bob, alice) == away
    await bob.done("PUT", status_path(bob), {"presence": "online"})
    assert await state_of(bob, alice) == {"presence": "online", "last_active_ago": 0, "currently_active": True}


async def test_what_somebody_says_of_themselves_reaches_their_other_devices(
    homeserver: Clockwork, alice: Person
) -> None:
    since = (await alice.syncs())["next_batch"]
    await homeserver.later()
    other = await homeserver.another_device(alice)
    await other.done("PUT", status_path(alice), {"presence": "online", "status_msg": "in Rome"})
    await homeserver.later()
    [event] = (await alice.syncs(since))["presence"]["events"]
    assert event["content"]["status_msg"] == "in Rome"
