from dataclasses import dataclass

import msgspec
import pytest

from sottovoce.protocol.canonical_json import MAX_INTEGER
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.events.model import (
    MAX_PDU_BYTES,
    Draft,
    check_limits,
    check_pdu_size,
    redaction_target,
)
from sottovoce.protocol.ids import EventId, RoomId
from sottovoce.protocol.room_versions import ROOM_VERSIONS

from ..builders import ALICE

GOOD = Draft("m.room.message", ALICE, {}, RoomId("!r:x"), 1, 1, (), (), state_key="")
ID = EventId("$a")


@dataclass
class Case:
    changed: dict[str, object]
    why: str


@pytest.mark.parametrize(
    "case",
    [
        Case({"type": "t" * 256}, "type"),
        Case({"type": "é" * 128}, "type"),
        Case({"state_key": "s" * 256}, "state_key"),
        Case({"state_key": "\ud800"}, "surrogate"),
        Case({"room_id": "!" + "r" * 255}, "room_id"),
        Case({"sender": "alice"}, "sender"),
        Case({"sender": "@" + "a" * 253 + ":x"}, "sender"),
        Case({"depth": -1}, "depth"),
        Case({"depth": MAX_INTEGER + 1}, "depth"),
        Case({"origin_server_ts": MAX_INTEGER + 1}, "origin_server_ts"),
        Case({"origin_server_ts": -MAX_INTEGER - 1}, "origin_server_ts"),
        Case({"prev_events": (ID,) * 21}, "prev_events"),
        Case({"auth_events": (ID,) * 11}, "auth_events"),
    ],
)
def test_a_field_beyond_its_limit_is_malformed(case: Case) -> None:
    with pytest.raises(Malformed, match=case.why):
        check_limits(msgspec.structs.replace(GOOD, **case.changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "t" * 255},
        {"state_key": "s" * 255},
        {"state_key": None},
        {"room_id": None},
        {"room_id": "!" + "r" * 254},
        {"depth": 0},
        {"depth": MAX_INTEGER},
        {"origin_server_ts": MAX_INTEGER},
        {"origin_server_ts": -MAX_INTEGER},
        {"prev_events": (ID,) * 20},
        {"auth_events": (ID,) * 10},
        {"sender": "@" + "a" * 252 + ":x"},
    ],
)
def test_a_field_at_its_limit_is_accepted(changed: dict[str, object]) -> None:
    check_limits(msgspec.structs.replace(GOOD, **changed))


def test_an_event_of_65536_bytes_is_the_largest() -> None:
    check_pdu_size(b"x" * MAX_PDU_BYTES)
    with pytest.raises(Malformed, match="65537 bytes"):
        check_pdu_size(b"x" * (MAX_PDU_BYTES + 1))


@pytest.mark.parametrize(("version", "target"), [("10", "$beside"), ("11", "$inside"), ("12", "$inside")])
def test_the_target_of_a_redaction_is_read_where_its_version_keeps_it(version: str, target: str) -> None:
    content: dict[str, object] = {"redacts": "$inside"}
    found = redaction_target("m.room.redaction", content, EventId("$beside"), ROOM_VERSIONS[version])
    assert found == target


def test_only_a_redaction_with_a_target_has_one() -> None:
    version = ROOM_VERSIONS["12"]
    assert redaction_target("m.room.message", {"redacts": "$a"}, ID, version) is None
    assert redaction_target("m.room.redaction", {"redacts": 5}, ID, version) is None
    assert redaction_target("m.room.redaction", {}, None, version) is None
