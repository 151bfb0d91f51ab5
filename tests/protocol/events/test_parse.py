import json

import pytest
from hypothesis import given, settings

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.events import parse_pdu, redact_event
from sottovoce.protocol.events.model import MAX_PDU_BYTES
from sottovoce.protocol.ids import EventId
from sottovoce.protocol.room_versions import ROOM_VERSIONS

from ..builders import ALICE, VERSIONS, Content, Room, json_objects, oracle_canonical

V12 = ROOM_VERSIONS["12"]
ROOM = Room("12")
MESSAGE = ROOM.event("m.room.message", ALICE, {"body": "ciao", "nested": {"b": 1, "a": [None, True]}})


def _changed(**changes: object) -> bytes:
    pdu = {**json.loads(MESSAGE.pdu), **changes}
    return json.dumps({key: value for key, value in pdu.items() if value is not ...}).encode()


def test_bytes_of_our_own_store_are_read_as_they_are() -> None:
    assert parse_pdu(MESSAGE.pdu, V12, MESSAGE.event_id) == MESSAGE


def test_received_bytes_are_made_canonical_and_named_by_their_hash() -> None:
    untidy = json.dumps(dict(reversed(json.loads(MESSAGE.pdu).items())), indent=2).encode()
    assert untidy != MESSAGE.pdu
    assert parse_pdu(untidy, V12) == MESSAGE


def test_received_unsigned_data_is_dropped() -> None:
    assert parse_pdu(_changed(unsigned={"age": 1}), V12) == MESSAGE


def test_keys_nobody_knows_stay_in_the_bytes_because_the_content_hash_covers_them() -> None:
    event = parse_pdu(_changed(origin="example.org"), V12)
    assert json.loads(event.pdu)["origin"] == "example.org"
    assert event.event_id == MESSAGE.event_id


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ...},
        {"type": 5},
        {"sender": ...},
        {"sender": "nobody"},
        {"content": ...},
        {"content": []},
        {"depth": "1"},
        {"depth": -1},
        {"depth": 1.5},
        {"origin_server_ts": ...},
        {"prev_events": ...},
        {"prev_events": [1]},
        {"prev_events": ["$a"] * 21},
        {"auth_events": {}},
        {"auth_events": ["$a"] * 11},
        {"hashes": ...},
        {"signatures": ...},
        {"signatures": {"x": 1}},
        {"room_id": ...},
        {"room_id": 1},
        {"state_key": 1},
        {"content": {"a": 1.5}},
        {"content": {"a": 1e10}},
        {"content": {"a": 2**53}},
        {"content": {"body": "x" * MAX_PDU_BYTES}},
        {"extra": 0.5},
    ],
    ids=str,
)
def test_an_event_of_the_wrong_form_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        parse_pdu(_changed(**changes), V12)


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b'"\xff"', b"[" * 100_000, b'{"a":' * 3_000])
def test_what_is_no_json_object_is_malformed(text: bytes) -> None:
    with pytest.raises(Malformed):
        parse_pdu(text, V12)


def test_damaged_bytes_of_our_own_are_malformed() -> None:
    with pytest.raises(Malformed):
        parse_pdu(MESSAGE.pdu[:-10], V12, MESSAGE.event_id)


def test_a_create_event_of_version_12_gets_its_room_id_from_its_hash() -> None:
    assert parse_pdu(ROOM.create.pdu, V12).room_id == ROOM.room_id
    assert parse_pdu(ROOM.create.pdu, V12, ROOM.create.event_id).room_id == ROOM.room_id
    with pytest.raises(Malformed, match="room_id"):
        parse_pdu(ROOM.create.pdu, ROOM_VERSIONS["11"])


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=40)
@given(content=json_objects)
def test_redaction_leaves_the_event_id_and_only_what_survives(version: str, content: Content) -> None:
    event = Room(version).event("m.room.message", ALICE, content)
    redacted = redact_event(event, ROOM_VERSIONS[version])
    assert redacted.content == {}
    assert redacted.event_id == event.event_id
    assert parse_pdu(redacted.pdu, ROOM_VERSIONS[version]).event_id == event.event_id
    assert redacted.pdu == oracle_canonical(json.loads(redacted.pdu))
    assert redact_event(redacted, ROOM_VERSIONS[version]) == redacted


@pytest.mark.parametrize("version", VERSIONS)
def test_redacted_state_keeps_what_authorization_needs(version: str) -> None:
    room = Room(version)
    member = room.put("m.room.member", ALICE, {"membership": "join", "displayname": "Alice"}, ALICE)
    assert redact_event(member, room.version).content == {"membership": "join"}
    assert redact_event(room.create, room.version).room_id == room.room_id


@pytest.mark.parametrize(("version", "target"), [("10", None), ("11", "$target"), ("12", "$target")])
def test_a_redacted_redaction_keeps_its_target_from_version_11(version: str, target: str | None) -> None:
    redaction = Room(version).event("m.room.redaction", ALICE, {"reason": "no"}, redacts=EventId("$target"))
    assert redact_event(redaction, ROOM_VERSIONS[version]).redacts == target
