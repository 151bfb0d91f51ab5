"""Events that are sent later."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sottovoce.domains.delayed import service
from sottovoce.domains.delayed.model import DelayNotFound
from sottovoce.infra.db.model import Batch, Statement
from sottovoce.protocol.ids import UserId
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person, room, texts
from tests.helpers.server import RunningServer

MESSAGE = "m.room.message"
UNSTABLE = "/_matrix/client/unstable/org.matrix.msc4140"
STABLE = "/_matrix/client/v1"
HELLO = {"msgtype": "m.text", "body": "ciao"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def homeserver(
    tmp_path: Path, new_database: Callable[[], str | None], clock: FakeClock
) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, clock, database=new_database(), delayed_events=3, delayed_events_max_s=3_600)
    await server.start()
    yield server
    await server.stop()


def order_path(room_id: str, event_type: str, txn_id: str, base: str = "/_matrix/client/v3") -> str:
    return f"{base}/{room(room_id, 'delayed_event', event_type, txn_id)}"


async def delays(
    person: Person, room_id: str, delay_ms: int, content: object = HELLO, txn_id: str = "t", **more: object
) -> str:
    """The id of an event to be sent later."""
    kind = str(more.pop("kind", MESSAGE))
    body = {"delay_ms": delay_ms, "content": content, **more}
    delay_id: str = (await person.done("PUT", order_path(room_id, kind, txn_id), body))["delay_id"]
    return delay_id


async def later(server: RunningServer, clock: FakeClock, duration_ms: int) -> None:
    """So much time has passed, and what was due has been sent."""
    clock.advance(duration_ms)
    assert server.app.messenger is not None
    await server.app.messenger.messages.delayed.send_due()


async def state_of(person: Person, delay_id: str) -> Any:
    return await person.done("GET", f"{STABLE}/delayed_events/{delay_id}")


async def acts(person: Person, delay_id: str, action: str, base: str = STABLE) -> Any:
    return await person.request("POST", f"{base}/delayed_events/{delay_id}/{action}", json={})


async def test_a_message_is_sent_when_its_time_has_come(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    ordered_at_ms = clock.now_ms()
    delay_id = await delays(alice, a_room, 5_000)
    await later(homeserver, clock, 4_999)
    assert await bob.reads(a_room) == []
    assert await state_of(alice, delay_id) == {
        "delay_id": delay_id,
        "room_id": a_room,
        "type": MESSAGE,
        "delay_ms": 5_000,
        "delayed_since_ts": ordered_at_ms,
        "content": HELLO,
    }
    await later(homeserver, clock, 1)
    page = await bob.done("GET", room(a_room, "messages"), query={"dir": "b", "limit": 1})
    assert texts(page["chunk"]) == ["ciao"]
    finalised = (await state_of(alice, delay_id))["finalised"]
    assert finalised == {"finalised_ts": clock.now_ms(), "event_id": page["chunk"][0]["event_id"]}
    assert (await state_of(alice, delay_id))["content"] == HELLO
    await alice.done("PUT", room(a_room, "redact", finalised["event_id"], "r"), {})
    assert (await state_of(alice, delay_id))["content"] == {}
    await later(homeserver, clock, 60_000)
    assert await bob.reads(a_room) == []


async def test_only_the_sender_learns_which_delayed_event_it_was(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    delay_id = await delays(alice, a_room, 1_000)
    await later(homeserver, clock, 1_000)
    event_id = (await state_of(alice, delay_id))["finalised"]["event_id"]
    tablet = await homeserver.another_device(alice)
    for mine in (alice, tablet):
        unsigned = (await mine.done("GET", room(a_room, "event", event_id)))["unsigned"]
        assert unsigned["delay_id"] == unsigned["org.matrix.msc4140.delay_id"] == delay_id
        assert "transaction_id" not in unsigned
    unsigned = (await bob.done("GET", room(a_room, "event", event_id)))["unsigned"]
    assert "delay_id" not in unsigned
    assert "org.matrix.msc4140.delay_id" not in unsigned


async def test_state_is_set_later_too(homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str) -> None:
    delay_id = await delays(alice, a_room, 1_000, {"topic": "dopo"}, kind="m.room.topic", state_key="")
    assert (await state_of(alice, delay_id))["state_key"] == ""
    await later(homeserver, clock, 1_000)
    assert (await alice.done("GET", room(a_room, "state", "m.room.topic", "")))["topic"] == "dopo"
    event_id = (await state_of(alice, delay_id))["finalised"]["event_id"]
    assert (await alice.done("GET", room(a_room, "event", event_id)))["unsigned"]["delay_id"] == delay_id


async def test_a_redaction_may_come_later(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str
) -> None:
    said = await alice.says(a_room, "si cancella da solo")
    await delays(alice, a_room, 1_000, {"redacts": said}, kind="m.room.redaction")
    await later(homeserver, clock, 1_000)
    assert (await alice.done("GET", room(a_room, "event", said)))["content"] == {}


async def test_what_is_due_leaves_in_the_order_of_its_time_also_after_a_restart(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str
) -> None:
    for number, delay_ms in enumerate((3_000, 1_000, 2_000)):
        await delays(alice, a_room, delay_ms, {"msgtype": "m.text", "body": str(delay_ms)}, f"t{number}")
    await homeserver.stop()
    clock.advance(10_000)
    await homeserver.start()
    alice.app = homeserver.app.http
    await later(homeserver, clock, 0)
    assert await alice.reads(a_room) == ["3000", "2000", "1000"]


async def test_nobody_has_to_call_for_what_is_due(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    server = RunningServer(tmp_path / "real")
    await server.start()
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    since = (await alice.syncs())["next_batch"]
    await delays(alice, room_id, 20)
    news = await alice.syncs(since, timeout=20_000)
    assert texts(news["rooms"]["join"][room_id]["timeline"]["events"]) == ["ciao"]
    await server.stop()


async def test_a_repeated_order_is_one_order(alice: Person, a_room: str) -> None:
    first = await delays(alice, a_room, 1_000)
    assert await delays(alice, a_room, 1_000) == first
    assert await delays(alice, a_room, 1_000, txn_id="other") != first


@pytest.mark.parametrize("base", [STABLE, UNSTABLE])
async def test_an_event_is_sent_at_once_where_wanted(alice: Person, bob: Person, a_room: str, base: str) -> None:
    delay_id = await delays(alice, a_room, 1_000)
    assert (await acts(alice, delay_id, "send", base)).json == {}
    assert await bob.reads(a_room) == ["ciao"]
    assert (await acts(alice, delay_id, "send", base)).status == 200
    for action in ("cancel", "restart"):
        refused = await acts(alice, delay_id, action, base)
        assert (refused.status, refused.json["errcode"]) == (409, "M_UNKNOWN")
    assert await bob.reads(a_room) == ["ciao"]


@pytest.mark.parametrize("base", [STABLE, UNSTABLE])
async def test_a_cancelled_event_is_never_sent(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str, base: str
) -> None:
    delay_id = await delays(alice, a_room, 1_000)
    assert (await acts(alice, delay_id, "cancel", base)).json == {}
    assert (await acts(alice, delay_id, "cancel", base)).status == 200
    for action in ("send", "restart"):
        refused = await acts(alice, delay_id, action, base)
        assert (refused.status, refused.json["errcode"]) == (409, "M_UNKNOWN")
    assert (await state_of(alice, delay_id))["finalised"] == {"finalised_ts": clock.now_ms()}
    await later(homeserver, clock, 5_000)
    assert await alice.reads(a_room) == []


async def test_a_restarted_delay_begins_anew(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str
) -> None:
    delay_id = await delays(alice, a_room, 1_000)
    for _ in range(3):
        await later(homeserver, clock, 900)
        assert (await acts(alice, delay_id, "restart")).json == {}
    assert (await state_of(alice, delay_id))["delayed_since_ts"] == clock.now_ms()
    assert await alice.reads(a_room) == []
    await later(homeserver, clock, 1_000)
    assert await alice.reads(a_room) == ["ciao"]


async def test_scheduled_events_are_listed_by_their_time(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    late = await delays(alice, a_room, 9_000, txn_id="1")
    soon = await delays(alice, a_room, 1_000, txn_id="2")
    over = await delays(alice, a_room, 500, txn_id="3")
    await delays(bob, a_room, 1_000)
    await later(homeserver, clock, 500)
    listed = (await alice.done("GET", f"{UNSTABLE}/delayed_events"))["delayed_events"]
    assert [delayed["delay_id"] for delayed in listed] == [soon, late]
    assert over not in listed


async def test_nobody_else_learns_of_it(alice: Person, bob: Person, a_room: str) -> None:
    delay_id = await delays(alice, a_room, 1_000)
    theirs = await bob.request("GET", f"{STABLE}/delayed_events/{delay_id}")
    nobodys = await bob.request("GET", f"{STABLE}/delayed_events/none")
    assert (theirs.status, theirs.json["errcode"]) == (404, "M_NOT_FOUND")
    assert nobodys.json == theirs.json
    for action in ("send", "cancel", "restart"):
        assert (await acts(bob, delay_id, action)).json == theirs.json
    odd = await acts(alice, delay_id, "odd")
    assert (odd.status, odd.json["errcode"]) == (404, "M_UNRECOGNIZED")
    assert (await alice.done("GET", f"{UNSTABLE}/delayed_events"))["delayed_events"] != []


async def test_what_is_not_allowed_when_its_time_has_come_fails_with_a_reason(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    delay_id = await delays(bob, a_room, 1_000)
    await bob.leaves(a_room)
    refused = await acts(bob, delay_id, "send")
    assert (refused.status, refused.json["errcode"]) == (403, "M_FORBIDDEN")
    assert "finalised" not in await state_of(bob, delay_id)
    await later(homeserver, clock, 1_000)
    finalised = (await state_of(bob, delay_id))["finalised"]
    assert finalised["error"]["errcode"] == "M_FORBIDDEN"
    assert "event_id" not in finalised
    assert (await acts(bob, delay_id, "cancel")).status == 200
    assert (await acts(bob, delay_id, "send")).status == 409
    assert await alice.reads(a_room) == []


@pytest.mark.parametrize(
    ("standing", "errcode"),
    [
        ("suspended_at_ms", "M_USER_SUSPENDED"),
        ("locked_at_ms", "M_USER_LOCKED"),
        ("deactivated_at_ms", "M_USER_DEACTIVATED"),
    ],
)
async def test_whose_account_may_not_be_used_any_more_sends_nothing(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str, standing: str, errcode: str
) -> None:
    delay_id = await delays(bob, a_room, 1_000)
    batch = Batch()
    batch.write(Statement("users", f"UPDATE users SET {standing} = $1 WHERE user_id = $2"), 1, bob.user_id)
    await homeserver.app.base.database.commit(batch)
    await later(homeserver, clock, 1_000)
    assert homeserver.app.messenger is not None
    told = await homeserver.app.messenger.messages.delayed.find(UserId(bob.user_id), delay_id)
    assert told.finalised_at_ms == clock.now_ms()
    assert told.event_id is None
    assert told.error is not None
    assert msgspec.json.decode(told.error)["errcode"] == errcode
    assert await alice.reads(a_room) == []


async def test_a_suspended_person_still_takes_back_later_what_they_said(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    said = await bob.says(a_room, "via")
    await delays(bob, a_room, 1_000, {"redacts": said}, kind="m.room.redaction")
    await homeserver.app.base.accounts.moderation.set_suspended(UserId(bob.user_id), is_suspended=True)
    await later(homeserver, clock, 1_000)
    assert await alice.reads(a_room) == []


async def test_of_a_deactivated_person_nothing_is_sent_or_kept(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    delay_id = await delays(bob, a_room, 1_000)
    await homeserver.app.base.accounts.users.deactivate(UserId(bob.user_id))
    await later(homeserver, clock, 1_000)
    await homeserver.settle()
    assert homeserver.app.messenger is not None
    with pytest.raises(DelayNotFound):
        await homeserver.app.messenger.messages.delayed.find(UserId(bob.user_id), delay_id)
    assert await alice.reads(a_room) == []


async def test_one_failure_does_not_hold_up_the_others(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str
) -> None:
    await delays(alice, "!none:test", 1_000, txn_id="1")
    await delays(alice, a_room, 2_000, {"nobody": "knows"}, "2", kind="m.room.member", state_key="odd")
    await delays(alice, a_room, 3_000, txn_id="3")
    await later(homeserver, clock, 3_000)
    assert await alice.reads(a_room) == ["ciao"]


async def test_nobody_has_more_than_so_many_waiting(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str
) -> None:
    for number in range(3):
        await delays(alice, a_room, 10_000 + number, txn_id=f"t{number}")
    clock.advance(1_500)
    order = {"delay_ms": 1_000, "content": HELLO}
    refused = await alice.request("PUT", order_path(a_room, MESSAGE, "t4"), json=order)
    assert (refused.status, refused.json["errcode"]) == (429, "M_LIMIT_EXCEEDED")
    assert refused.headers["retry-after"] == "9"
    await delays(bob, a_room, 1_000)
    await later(homeserver, clock, 8_500)
    await delays(alice, a_room, 1_000, txn_id="t4")


async def test_orders_that_make_no_sense_are_refused(alice: Person, a_room: str) -> None:
    cases: list[tuple[dict[str, object], int, str]] = [
        ({}, 400, "M_MISSING_PARAM"),
        ({"content": {}}, 400, "M_MISSING_PARAM"),
        ({"delay_ms": 1_000}, 400, "M_MISSING_PARAM"),
        ({"delay_ms": 0, "content": {}}, 400, "M_INVALID_PARAM"),
        ({"delay_ms": -5, "content": {}}, 400, "M_INVALID_PARAM"),
        ({"delay_ms": 1.5, "content": {}}, 400, "M_BAD_JSON"),
        ({"delay_ms": "1", "content": {}}, 400, "M_BAD_JSON"),
        ({"delay_ms": 3_600_001, "content": {}}, 403, "M_FORBIDDEN"),
        ({"delay_ms": 1, "content": []}, 400, "M_BAD_JSON"),
        ({"delay_ms": 1, "content": {"a": 1.5}}, 400, "M_BAD_JSON"),
        ({"delay_ms": 1, "content": {"a": "x" * 70_000}}, 400, "M_INVALID_PARAM"),
        ({"delay_ms": 1, "content": {}, "state_key": "\0"}, 400, "M_INVALID_PARAM"),
        ({"delay_ms": 1, "content": {}, "state_key": "x" * 256}, 400, "M_INVALID_PARAM"),
    ]
    for body, status, errcode in cases:
        refused = await alice.request("PUT", order_path(a_room, MESSAGE, "t"), json=body)
        assert (refused.status, refused.json["errcode"]) == (status, errcode), body
    for path in (
        order_path("odd", MESSAGE, "t"),
        order_path(a_room, "x" * 256, "t"),
        order_path(a_room, "x", "t" * 256),
    ):
        refused = await alice.request("PUT", path, json={"delay_ms": 1, "content": {}})
        assert (refused.status, refused.json["errcode"]) == (400, "M_INVALID_PARAM"), path


async def test_the_older_form_is_understood(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str
) -> None:
    query = {"org.matrix.msc4140.delay": 1_000}
    message = await alice.done("PUT", room(a_room, "send", MESSAGE, "t1"), HELLO, query=query)
    topic = await alice.done("PUT", room(a_room, "state", "m.room.topic", ""), {"topic": "dopo"}, query=query)
    assert await alice.done("PUT", room(a_room, "send", MESSAGE, "t1"), HELLO, query=query) == message
    assert list(message) == list(topic) == ["delay_id"]
    await later(homeserver, clock, 1_000)
    assert await alice.reads(a_room) == ["ciao"]
    assert (await alice.done("GET", room(a_room, "state", "m.room.topic", "")))["topic"] == "dopo"
    too_long = await alice.request(
        "PUT", room(a_room, "send", MESSAGE, "t2"), json=HELLO, query={"org.matrix.msc4140.delay": 9_999_999}
    )
    assert (too_long.status, too_long.json["errcode"]) == (400, "M_UNKNOWN")
    assert too_long.json["org.matrix.msc4140.errcode"] == "M_MAX_DELAY_EXCEEDED"
    assert too_long.json["org.matrix.msc4140.max_delay"] == 3_600_000
    for delay in ("0", "-1", "x"):
        odd = await alice.request(
            "PUT", room(a_room, "send", MESSAGE, "t3"), json=HELLO, query={"org.matrix.msc4140.delay": delay}
        )
        assert (odd.status, odd.json["errcode"]) == (400, "M_INVALID_PARAM")


async def test_what_is_over_is_forgotten_after_a_while(
    homeserver: RunningServer, clock: FakeClock, alice: Person, a_room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEPT_FINALISED_EVENTS", 2)
    ids = []
    for number in range(4):
        ids.append(await delays(alice, a_room, 1_000, txn_id=f"t{number}"))
        clock.advance(1)
        await acts(alice, ids[-1], "cancel")
    await delays(alice, a_room, 1_000, txn_id="last")
    kept = [(await alice.request("GET", f"{STABLE}/delayed_events/{delay_id}")).status for delay_id in ids]
    assert kept == [404, 404, 404, 200]
    assert homeserver.app.messenger is not None
    clock.advance(service.KEPT_FINALISED_MS)
    await homeserver.app.messenger.messages.delayed._sweep()
    assert (await alice.request("GET", f"{STABLE}/delayed_events/{ids[-1]}")).status == 404


async def test_apps_are_told_of_the_limits(alice: Person) -> None:
    capabilities = (await alice.done("GET", "capabilities"))["capabilities"]
    limits = {"max_delay_ms": 3_600_000, "max_scheduled": 3}
    assert capabilities["m.delayed_events"] == capabilities["org.matrix.msc4140.delayed_events"] == limits
    features = (await alice.done("GET", "/_matrix/client/versions"))["unstable_features"]
    assert features["org.matrix.msc4140"]


async def test_a_server_may_delay_nothing(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    server = RunningServer(tmp_path / "none", delayed_events=0)
    await server.start()
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    refused = await alice.request(
        "PUT", order_path(room_id, MESSAGE, "t", UNSTABLE), json={"delay_ms": 1, "content": {}}
    )
    assert (refused.status, refused.json["errcode"]) == (403, "M_FORBIDDEN")
    await server.stop()
