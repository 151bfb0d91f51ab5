import json
from hashlib import sha256

import pytest
from hypothesis import given

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.events import MAX_PDU_BYTES, Draft, Event, build_event, parse_pdu
from sottovoce.protocol.hashing import content_hash, event_id_from, reference_hash
from sottovoce.protocol.ids import EventId, RoomId
from sottovoce.protocol.redaction import redact_pdu
from sottovoce.protocol.room_versions import ROOM_VERSIONS
from sottovoce.protocol.signing import verify_json
from sottovoce.protocol.unpadded_base64 import encode_base64

from ..builders import ALICE, VERSIONS, Room, json_objects, oracle_canonical, signer_of

SIGNER = signer_of("example.org")
TARGET = EventId("$target")


def _decoded(event: Event) -> dict[str, object]:
    decoded: dict[str, object] = json.loads(event.pdu)
    return decoded


def _samples(version: str) -> list[Event]:
    room = Room(version)
    return [
        room.create,
        room.state["m.room.member", ALICE],
        room.levels(users={ALICE: 100}, invite=50, ban=1) if version != "12" else room.levels(invite=50, ban=1),
        room.event("m.room.message", ALICE, {"body": "ciao", "msgtype": "m.text"}),
        room.event("m.room.redaction", ALICE, {"reason": "no"}, redacts=TARGET),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_built_event_is_canonical_hashed_signed_and_named(version: str) -> None:
    for event in _samples(version):
        pdu = _decoded(event)
        redacted = redact_pdu(pdu, ROOM_VERSIONS[version])
        assert event.pdu == oracle_canonical(pdu)
        assert pdu["hashes"] == {"sha256": encode_base64(content_hash(pdu))}
        assert verify_json(redacted, "example.org", "ed25519:1", SIGNER.public_key)
        essential = {key: value for key, value in redacted.items() if key != "signatures"}
        assert event.event_id == event_id_from(sha256(oracle_canonical(essential)).digest())
        assert event.event_id == event_id_from(reference_hash(pdu, ROOM_VERSIONS[version]))


@pytest.mark.parametrize("version", VERSIONS)
def test_reading_the_bytes_gives_the_same_event(version: str) -> None:
    for event in _samples(version):
        assert parse_pdu(event.pdu, ROOM_VERSIONS[version]) == event


@given(content=json_objects)
def test_any_content_is_hashed_and_signed_as_it_is(content: dict[str, object]) -> None:
    event = Room("12").event("org.example.any", ALICE, content)
    assert _decoded(event)["content"] == content
    assert event.pdu == oracle_canonical(_decoded(event))
    assert parse_pdu(event.pdu, ROOM_VERSIONS["12"]) == event


def test_a_create_event_of_version_12_names_its_room_and_carries_no_room_id() -> None:
    create = Room("12").create
    assert create.room_id == "!" + create.event_id[1:]
    assert "room_id" not in _decoded(create)


def test_before_version_12_a_create_event_carries_the_room_id_it_is_given() -> None:
    assert _decoded(Room("11").create)["room_id"] == "!room:example.org"


@pytest.mark.parametrize(
    ("version", "event_type", "room_id"),
    [
        ("12", "m.room.create", RoomId("!a:x")),
        ("12", "m.room.message", None),
        ("11", "m.room.create", None),
        ("10", "m.room.message", None),
    ],
)
def test_a_room_id_missing_or_too_many_is_malformed(version: str, event_type: str, room_id: RoomId | None) -> None:
    draft = Draft(event_type, ALICE, {}, room_id, 1, 1, (), ())
    with pytest.raises(Malformed, match="room_id"):
        build_event(draft, ROOM_VERSIONS[version], SIGNER)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_redaction_keeps_its_target_where_the_version_says(version: str) -> None:
    redaction = Room(version).event("m.room.redaction", ALICE, {"reason": "no"}, redacts=TARGET)
    beside, inside = _decoded(redaction).get("redacts"), redaction.content.get("redacts")
    assert (beside, inside) == (("$target", None) if version == "10" else (None, "$target"))
    assert redaction.redacts == TARGET


def test_a_redaction_that_names_its_target_in_content_alone_has_it() -> None:
    assert Room("12").event("m.room.redaction", ALICE, {"redacts": "$target"}).redacts == TARGET


def test_only_a_redaction_may_name_a_target() -> None:
    with pytest.raises(Malformed, match="redact"):
        Room("12").event("m.room.message", ALICE, {}, redacts=TARGET)


@pytest.mark.parametrize("content", [{"a": 1.5}, {"a": 2**53}, {"a": "\ud800"}, {"a": b""}])
def test_content_without_canonical_form_is_malformed(content: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        Room("12").event("m.room.message", ALICE, content)


def test_an_event_may_be_just_65536_bytes_large() -> None:
    room = Room("12")
    overhead = len(room.event("m.room.message", ALICE, {"body": ""}).pdu)
    largest = room.event("m.room.message", ALICE, {"body": "x" * (MAX_PDU_BYTES - overhead)})
    assert len(largest.pdu) == MAX_PDU_BYTES
    with pytest.raises(Malformed, match="65537"):
        room.event("m.room.message", ALICE, {"body": "x" * (MAX_PDU_BYTES - overhead + 1)})


def test_a_field_beyond_its_limit_is_malformed() -> None:
    with pytest.raises(Malformed, match="type"):
        Room("12").event("t" * 256, ALICE, {})
