"""Sending messages, setting state, redacting."""

import pytest

from sottovoce.domains.accounts.model import SignIn
from sottovoce.protocol.ids import UserId
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

TEXT = {"msgtype": "m.text", "body": "ciao"}


async def test_a_message_is_sent_and_read(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "ciao")
    event = await bob.done("GET", room(a_room, "event", event_id))
    assert event_id.startswith("$")
    assert (event["type"], event["sender"], event["content"]) == ("m.room.message", alice.user_id, TEXT)
    assert (event["room_id"], event["event_id"]) == (a_room, event_id)
    assert event["origin_server_ts"] > 1_600_000_000_000
    assert "state_key" not in event


async def test_the_same_transaction_sends_once_and_answers_alike(alice: Person, a_room: str) -> None:
    path = room(a_room, "send", "m.room.message", "once")
    first, second = await alice.done("PUT", path, TEXT), await alice.done("PUT", path, TEXT)
    assert first == second
    assert await alice.reads(a_room) == ["ciao"]


async def test_a_transaction_is_known_after_a_restart(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    path = room(a_room, "send", "m.room.message", "once")
    first = await alice.done("PUT", path, TEXT)
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert await alice.done("PUT", path, TEXT) == first
    assert await alice.reads(a_room) == ["ciao"]


async def test_a_transaction_belongs_to_a_device_and_a_room(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    other_room = await alice.creates_room()
    sent = {
        await alice.sends(a_room, "m.room.message", TEXT, "once"),
        await alice.sends(other_room, "m.room.message", TEXT, "once"),
        await bob.sends(a_room, "m.room.message", TEXT, "once"),
    }
    assert len(sent) == 3


async def test_a_transaction_outlives_the_token_it_was_sent_with(
    homeserver: RunningServer, alice: Person, a_room: str
) -> None:
    sessions = homeserver.app.base.accounts.sessions
    signed_in = await sessions.open(UserId(alice.user_id), SignIn(refresh_token=True))
    phone = Person(alice.app, alice.user_id, signed_in.device_id, signed_in.access_token)
    content = {"msgtype": "m.text", "body": "once"}
    first = await phone.sends(a_room, "m.room.message", content, "same")
    refreshed = await phone.done("POST", "refresh", {"refresh_token": signed_in.refresh_token})
    phone.token = refreshed["access_token"]
    assert await phone.sends(a_room, "m.room.message", content, "same") == first
    unsigned = (await phone.done("GET", room(a_room, "event", first)))["unsigned"]
    assert unsigned["transaction_id"] == "same"
    again = await sessions.open(UserId(alice.user_id), SignIn(device_id=signed_in.device_id))
    phone.token = again.access_token
    assert await phone.sends(a_room, "m.room.message", content, "same") == first


async def test_the_sending_device_sees_its_transaction_id_and_nobody_else_does(
    alice: Person, bob: Person, a_room: str
) -> None:
    event_id = await alice.sends(a_room, "m.room.message", TEXT, "mine")
    own = await alice.done("GET", room(a_room, "event", event_id))
    assert own["unsigned"]["transaction_id"] == "mine"
    other = await bob.done("GET", room(a_room, "event", event_id))
    assert "transaction_id" not in other.get("unsigned", {})


async def test_an_event_type_or_transaction_may_hold_a_slash(alice: Person, a_room: str) -> None:
    event_id = await alice.sends(a_room, "it.test/è un tipo", {}, "a/b")
    assert (await alice.done("GET", room(a_room, "event", event_id)))["type"] == "it.test/è un tipo"


@pytest.mark.parametrize(
    ("body", "status", "errcode"),
    [
        (b"", 400, "M_NOT_JSON"),
        (b"{", 400, "M_NOT_JSON"),
        (b"[]", 400, "M_BAD_JSON"),
        (b'{"price": 1.5}', 400, "M_BAD_JSON"),
        (b'{"price": 9007199254740992}', 400, "M_BAD_JSON"),
        (b'{"body": "\\ud800"}', 400, "M_NOT_JSON"),
        (b'{"body": "' + b"a" * 65_536 + b'"}', 413, "M_TOO_LARGE"),
        (b'{"body": "' + b"a" * 600_000 + b'"}', 413, "M_TOO_LARGE"),
    ],
)
async def test_content_that_cannot_be_an_event_is_refused(
    alice: Person, a_room: str, body: bytes, status: int, errcode: str
) -> None:
    reply = await alice.request("PUT", room(a_room, "send", "m.room.message", "x"), body=body)
    assert (reply.status, reply.errcode) == (status, errcode)
    assert await alice.reads(a_room) == []


async def test_an_overlong_type_is_too_large(alice: Person, a_room: str) -> None:
    reply = await alice.put(room(a_room, "send", "a" * 256, "x"), {})
    assert (reply.status, reply.errcode) == (413, "M_TOO_LARGE")


async def test_only_those_in_the_room_send(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    for path in (room(a_room, "send", "m.room.message", "x"), room("!nowhere:test", "send", "m.room.message", "x")):
        reply = await carol.put(path, TEXT)
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_power_is_needed_where_the_room_says_so(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(
        invite=[bob.user_id], power_level_content_override={"events": {"m.room.message": 50}}
    )
    await bob.joins(room_id)
    reply = await bob.put(room(room_id, "send", "m.room.message", "x"), TEXT)
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    await bob.sends(room_id, "it.test.note", {})


async def test_state_is_set_with_or_without_a_trailing_slash(alice: Person, a_room: str) -> None:
    first = await alice.done("PUT", room(a_room, "state", "m.room.name"), {"name": "uno"})
    second = await alice.done("PUT", room(a_room, "state", "m.room.name") + "/", {"name": "due"})
    assert first["event_id"] != second["event_id"]
    for path in (room(a_room, "state", "m.room.name"), room(a_room, "state", "m.room.name") + "/"):
        assert await alice.done("GET", path) == {"name": "due"}


async def test_state_that_is_already_so_is_not_set_again(alice: Person, a_room: str) -> None:
    first = await alice.sets(a_room, "m.room.name", {"name": "uno"})
    assert await alice.sets(a_room, "m.room.name", {"name": "uno"}) == first


async def test_new_state_shows_what_it_replaced(alice: Person, a_room: str) -> None:
    first = await alice.sets(a_room, "m.room.name", {"name": "uno"})
    second = await alice.sets(a_room, "m.room.name", {"name": "due"})
    event = await alice.done("GET", room(a_room, "event", second))
    assert event["unsigned"]["prev_content"] == {"name": "uno"}
    assert event["unsigned"]["replaces_state"] == first


async def test_state_needs_power(alice: Person, bob: Person, a_room: str) -> None:
    reply = await bob.put(room(a_room, "state", "m.room.name"), {"name": "mio"})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    for key, status in ((bob.user_id, 403), (alice.user_id, 403)):
        assert (await bob.put(room(a_room, "state", "it.test", key), {})).status == status


async def test_membership_can_be_set_as_state(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.member", {"membership": "invite"}, carol.user_id)
    await carol.sets(a_room, "m.room.member", {"membership": "join"}, carol.user_id)
    assert carol.user_id in (await alice.done("GET", room(a_room, "joined_members")))["joined"]
    reply = await alice.put(room(a_room, "state", "m.room.member", bob.user_id), {"reason": "?"})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_redacted_message_is_empty_for_everybody(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await bob.says(a_room, "segreto")
    redaction = await bob.done("PUT", room(a_room, "redact", event_id, "r1"), {"reason": "errore"})
    event = await alice.done("GET", room(a_room, "event", event_id))
    assert event["content"] == {}
    because = event["unsigned"]["redacted_because"]
    assert because["event_id"] == redaction["event_id"]
    assert because["content"]["reason"] == "errore"
    assert because["redacts"] == because["content"]["redacts"] == event_id
    assert await alice.reads(a_room) == []


async def test_redacting_twice_in_one_transaction_is_once(alice: Person, a_room: str) -> None:
    path = room(a_room, "redact", await alice.says(a_room, "ciao"), "r1")
    assert await alice.done("PUT", path, {}) == await alice.done("PUT", path, {})


async def test_only_the_author_or_a_moderator_redacts(alice: Person, bob: Person, a_room: str) -> None:
    of_alice, of_bob = await alice.says(a_room, "mio"), await bob.says(a_room, "tuo")
    reply = await bob.put(room(a_room, "redact", of_alice, "r1"), {})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    await alice.done("PUT", room(a_room, "redact", of_bob, "r1"), {})
    assert await alice.reads(a_room) == ["mio"]


async def test_an_event_of_another_room_or_none_is_not_redacted(alice: Person, bob: Person, a_room: str) -> None:
    elsewhere = await alice.says(await alice.creates_room(), "altrove")
    for event_id in (elsewhere, "$nothing"):
        reply = await alice.put(room(a_room, "redact", event_id, "r1"), {})
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_a_redaction_can_be_sent_as_any_event(alice: Person, version: str) -> None:
    room_id = await alice.creates_room(room_version=version)
    event_id = await alice.says(room_id, "ciao")
    await alice.sends(room_id, "m.room.redaction", {"redacts": event_id})
    assert await alice.reads(room_id) == []


async def test_a_room_calls_itself_only_by_aliases_that_lead_to_it(alice: Person, a_room: str) -> None:
    elsewhere = await alice.creates_room(room_alias_name="piazza")
    path = room(a_room, "state", "m.room.canonical_alias")
    for alias, errcode in (("piazza", "M_INVALID_PARAM"), ("#piazza:test", "M_BAD_ALIAS"), ("#x:test", "M_BAD_ALIAS")):
        for content in ({"alias": alias}, {"alt_aliases": [alias]}):
            assert (await alice.put(path, content)).errcode == errcode
    malformed: list[dict[str, object]] = [{"alias": 1}, {"alt_aliases": "#piazza:test"}, {"alt_aliases": [None]}]
    for wrong in malformed:
        assert (await alice.put(path, wrong)).errcode == "M_INVALID_PARAM"
    await alice.sets(elsewhere, "m.room.canonical_alias", {"alias": "", "alt_aliases": ["#piazza:test"]})
    await alice.sets(elsewhere, "m.room.canonical_alias", {"alias": None})


async def test_true_is_not_one(alice: Person, a_room: str) -> None:
    first = await alice.sets(a_room, "it.test", {"open": 1})
    assert await alice.sets(a_room, "it.test", {"open": True}) != first
    assert await alice.done("GET", room(a_room, "state", "it.test")) == {"open": True}
