"""What a sliding sync may be asked for, in both its forms. Spec: MSC4186, Request Body."""

from typing import Any

import pytest

from tests.helpers.people import Person, texts
from tests.helpers.sliding_client import MERGED, SlidingClient, a_list

UNSTABLE = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
NO_STATE: dict[str, object] = {"required_state": {}}
LIST = {"timeline_limit": 1, "required_state": {}}
FORMER = {"timeline_limit": 1, "required_state": [], "ranges": [[0, 9]]}


async def refusal(person: Person, path: str, body: object, **query: object) -> str:
    reply = await person.request("POST", path, json=body, query=query)
    assert reply.status == 400, reply.body
    errcode: str = reply.json["errcode"]
    return errcode


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"lists": {"a": NO_STATE}}, "M_MISSING_PARAM"),
        ({"lists": {"a": {"timeline_limit": 1}}}, "M_MISSING_PARAM"),
        ({"lists": {"a": LIST | {"timeline_limit": "x"}}}, "M_BAD_JSON"),
        ({"lists": {"a": LIST | {"timeline_limit": -1}}}, "M_INVALID_PARAM"),
        ({"lists": {"a": LIST | {"range": [0]}}}, "M_BAD_JSON"),
        ({"lists": {"a": LIST | {"range": [2, 1]}}}, "M_INVALID_PARAM"),
        ({"lists": {"a": LIST | {"range": [-1, 1]}}}, "M_INVALID_PARAM"),
        ({"lists": {"a": LIST | {"range": [0, 2**60]}}}, "M_INVALID_PARAM"),
        ({"lists": {"no key": LIST}}, "M_INVALID_PARAM"),
        ({"lists": {"": LIST}}, "M_INVALID_PARAM"),
        ({"lists": {f"a{number}": LIST for number in range(101)}}, "M_INVALID_PARAM"),
        ({"lists": {"a": LIST | {"filters": {"is_dm": "x"}}}}, "M_BAD_JSON"),
        ({"room_subscriptions": {f"!{number}:test": LIST for number in range(101)}}, "M_INVALID_PARAM"),
        ({"room_subscriptions": {"!a:test": NO_STATE}}, "M_MISSING_PARAM"),
        ({"set_presence": "asleep"}, "M_INVALID_PARAM"),
        ({"timeout": -1}, "M_INVALID_PARAM"),
        ({"conn_id": "x" * 256}, "M_INVALID_PARAM"),
        ({"extensions": {"typing": {"enabled": "x"}}}, "M_INVALID_PARAM"),
        ({"extensions": {"receipts": 7}}, "M_INVALID_PARAM"),
        ([], "M_BAD_JSON"),
        (
            {"lists": {"a": LIST | {"required_state": {"include": [{"type": str(n)} for n in range(1001)]}}}},
            "M_INVALID_PARAM",
        ),
    ],
)
async def test_a_request_that_is_not_as_it_should_be_is_refused(alice: Person, body: object, errcode: str) -> None:
    assert await refusal(alice, MERGED, body) == errcode


async def test_a_hundred_lists_and_subscriptions_are_not_too_many(alice: Person) -> None:
    lists = {f"a{number}": LIST for number in range(100)}
    subscriptions = {f"!{number}:test": LIST for number in range(100)}
    answer = await SlidingClient(alice, lists=lists, room_subscriptions=subscriptions).sync()
    assert len(answer["lists"]) == 100


async def test_unknown_fields_are_passed_over(alice: Person) -> None:
    await SlidingClient(alice, lists={"a": LIST | {"sort": ["by_name"]}}, sticky=True).sync()


async def test_texts_that_no_store_keeps_are_passed_over(alice: Person, a_room: str) -> None:
    state = {"include": [{"type": "a\0b", "state_key": "\0"}]}
    hostile = a_list(0, 9, required_state=state, spaces=["!\0:test"], tags=["\0"], room_types=["\0"])
    subscriptions = {"!\0:test": LIST, a_room: LIST}
    extensions = {"account_data": {"enabled": True, "lists": ["\0"], "rooms": ["\0"]}}
    client = SlidingClient(alice, conn_id="\0", lists={"a": hostile}, room_subscriptions=subscriptions)
    answer = await client.sync(extensions=extensions)
    assert set(answer["rooms"]) == {a_room}
    reply = await client.asks(extensions={"to_device": {"enabled": True, "since": "\0"}})
    assert reply.json["errcode"] == "M_INVALID_PARAM"


async def test_without_a_token_nobody_is_answered(alice: Person) -> None:
    alice.token = None
    for path in (MERGED, UNSTABLE):
        assert (await alice.request("POST", path, json={})).status == 401


# The form before


async def former(person: Person, body: dict[str, Any], **query: object) -> Any:
    return await person.done("POST", UNSTABLE, body, query=query)


async def test_the_form_before_has_its_position_and_timeout_in_the_query(alice: Person, a_room: str) -> None:
    body = {"conn_id": "c", "lists": {"all": FORMER}, "txn_id": "t1"}
    first = await former(alice, body)
    assert first["txn_id"] == "t1"
    assert set(first["rooms"]) == {a_room}
    await alice.says(a_room, "ciao")
    answer = await former(alice, body, pos=first["pos"], timeout=10_000)
    assert texts(answer["rooms"][a_room]["timeline"]) == ["ciao"]
    assert await refusal(alice, UNSTABLE, body, pos="no") == "M_UNKNOWN_POS"


async def test_the_form_before_has_several_ranges(alice: Person) -> None:
    rooms = [await alice.creates_room() for _ in range(4)][::-1]
    answer = await former(alice, {"lists": {"all": FORMER | {"ranges": [[0, 0], [2, 2]]}}})
    assert set(answer["rooms"]) == {rooms[0], rooms[2]}
    assert answer["lists"]["all"]["count"] == 4


async def test_the_form_before_asks_for_state_in_pairs(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.topic", {"topic": "Tetto"})
    await bob.says(a_room, "ciao")

    async def asked(*pairs: tuple[str, str]) -> set[tuple[str, str]]:
        body = {"lists": {"all": FORMER | {"required_state": pairs}}}
        state = (await former(alice, body))["rooms"][a_room].get("required_state", [])
        return {(event["type"], event["state_key"]) for event in state}

    mine, bobs = ("m.room.member", alice.user_id), ("m.room.member", bob.user_id)
    assert await asked(("m.room.topic", "")) == {("m.room.topic", "")}
    assert await asked(("m.room.member", "$ME")) == {mine}
    assert await asked(("m.room.member", "$LAZY")) == {bobs}
    assert await asked(("m.room.member", "*")) == {mine, bobs}
    everything = await asked(("*", "*"))
    assert {mine, bobs, ("m.room.topic", "")} <= everything
    assert await asked(("*", "*"), ("m.room.member", "$LAZY"), ("m.room.member", "$ME")) == everything
    assert await asked(("*", "*"), ("m.room.member", "$LAZY")) == everything - {mine}


async def test_the_form_before_counts_what_is_unread(alice: Person, bob: Person, a_room: str) -> None:
    body = {"lists": {"all": FORMER}}
    first = await former(alice, body)
    event_id = await bob.sends(
        a_room, "m.room.message", {"msgtype": "m.text", "body": "ciao", "m.mentions": {"user_ids": [alice.user_id]}}
    )
    answer = await former(alice, body, pos=first["pos"])
    part = answer["rooms"][a_room]
    assert (part["notification_count"], part["highlight_count"]) == (1, 1)
    await alice.done("POST", f"rooms/{a_room}/receipt/m.read/{event_id}", {})
    answer = await former(alice, body, pos=answer["pos"], timeout=10_000)
    assert answer["rooms"] == {a_room: {"notification_count": 0, "highlight_count": 0}}


async def test_the_form_before_calls_things_otherwise(alice: Person, bob: Person, a_room: str) -> None:
    invited = await bob.creates_room(invite=[alice.user_id])
    for text in ("1", "2"):
        await alice.says(a_room, text)
    first = await former(alice, {"lists": {"all": FORMER | {"filters": {"is_invite": False}}}})
    assert set(first["rooms"]) == {a_room}
    body = {"lists": {"all": FORMER | {"timeline_limit": 2}}}
    answer = await former(alice, body, pos=first["pos"])
    assert answer["rooms"][a_room]["unstable_expanded_timeline"] is True
    assert "invite_state" in answer["rooms"][invited]
    assert "membership" not in answer["rooms"][invited]
    assert "lists" not in answer["rooms"][invited]


async def test_a_star_stands_for_all_lists_and_rooms_in_the_form_before(alice: Person, a_room: str) -> None:
    await alice.done("PUT", f"user/{alice.user_id}/rooms/{a_room}/account_data/it.test", {"n": 1})
    body = {"lists": {"all": FORMER}, "extensions": {"account_data": {"enabled": True, "lists": ["*"], "rooms": []}}}
    assert a_room in (await former(alice, body))["extensions"]["account_data"]["rooms"]


@pytest.mark.parametrize(
    "body",
    [
        {"lists": {"a": {"ranges": [[1, 0]]}}},
        {"lists": {"a": {"timeline_limit": -1}}},
        {"lists": {str(number): {} for number in range(101)}},
        {"txn_id": "x" * 256},
    ],
)
async def test_the_form_before_refuses_what_is_not_as_it_should_be(alice: Person, body: object) -> None:
    assert await refusal(alice, UNSTABLE, body) == "M_INVALID_PARAM"
    assert await refusal(alice, UNSTABLE, {}, set_presence="x") == "M_INVALID_PARAM"


async def test_the_form_before_is_advertised(alice: Person) -> None:
    versions = await alice.done("GET", "/_matrix/client/versions")
    assert versions["unstable_features"]["org.matrix.simplified_msc3575"] is True
