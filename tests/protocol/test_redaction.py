import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.protocol.redaction import redact_content, redact_pdu
from sottovoce.protocol.room_versions import ROOM_VERSIONS

from .builders import VERSIONS, json_objects

TYPES = [
    "m.room.member",
    "m.room.create",
    "m.room.join_rules",
    "m.room.power_levels",
    "m.room.history_visibility",
    "m.room.redaction",
    "m.room.message",
    "m.room.aliases",
]
CONTENT: dict[str, object] = {
    "membership": "join",
    "join_authorised_via_users_server": "@a:x",
    "creator": "@a:x",
    "join_rule": "restricted",
    "allow": [],
    "ban": 1,
    "events": {},
    "events_default": 1,
    "invite": 1,
    "kick": 1,
    "redact": 1,
    "state_default": 1,
    "users": {},
    "users_default": 1,
    "notifications": {},
    "history_visibility": "joined",
    "redacts": "$a",
    "aliases": [],
    "body": "hello",
}
LEVELS = {"ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default"}


@pytest.mark.parametrize(
    ("version", "event_type", "kept"),
    [
        ("10", "m.room.member", {"membership", "join_authorised_via_users_server"}),
        ("10", "m.room.create", {"creator"}),
        ("10", "m.room.join_rules", {"join_rule", "allow"}),
        ("10", "m.room.power_levels", LEVELS),
        ("10", "m.room.history_visibility", {"history_visibility"}),
        ("10", "m.room.redaction", set()),
        ("10", "m.room.aliases", set()),
        ("10", "m.room.message", set()),
        ("11", "m.room.member", {"membership", "join_authorised_via_users_server"}),
        ("11", "m.room.create", set(CONTENT)),
        ("11", "m.room.join_rules", {"join_rule", "allow"}),
        ("11", "m.room.power_levels", LEVELS | {"invite"}),
        ("11", "m.room.history_visibility", {"history_visibility"}),
        ("11", "m.room.redaction", {"redacts"}),
        ("11", "m.room.message", set()),
        ("12", "m.room.create", set(CONTENT)),
        ("12", "m.room.power_levels", LEVELS | {"invite"}),
    ],
)
def test_content_keeps_just_the_keys_its_type_allows(version: str, event_type: str, kept: set[str]) -> None:
    assert set(redact_content(event_type, CONTENT, ROOM_VERSIONS[version])) == kept


@pytest.mark.parametrize(("version", "kept"), [("10", True), ("11", False), ("12", False)])
def test_the_old_keys_beside_content_survive_up_to_version_10(version: str, kept: bool) -> None:
    pdu: dict[str, object] = dict.fromkeys(["origin", "membership", "prev_state"], "x") | {"type": "a", "content": {}}
    redacted = redact_pdu(pdu, ROOM_VERSIONS[version])
    assert [key in redacted for key in ("origin", "membership", "prev_state")] == [kept] * 3


def test_unsigned_redacts_and_unknown_keys_go() -> None:
    pdu: dict[str, object] = {"type": "a", "content": {"b": 1}, "unsigned": {}, "redacts": "$a", "x": 1, "depth": 2}
    assert redact_pdu(pdu, ROOM_VERSIONS["10"]) == {"type": "a", "content": {}, "depth": 2}


@pytest.mark.parametrize("pdu", [{"content": {"body": "b"}}, {"type": "a", "content": "text"}])
def test_an_object_that_is_no_event_is_cut_as_far_as_its_keys_tell(pdu: dict[str, object]) -> None:
    assert redact_pdu(pdu | {"unsigned": {}}, ROOM_VERSIONS["12"]) == pdu


@pytest.mark.parametrize(
    ("invite", "kept"),
    [
        ({"signed": {"token": "t"}, "display_name": "x"}, {"signed": {"token": "t"}}),
        ({"display_name": "x"}, {}),
        ("text", None),
    ],
)
def test_from_version_11_a_third_party_invite_keeps_its_signed_part(invite: object, kept: object) -> None:
    content = {"membership": "invite", "third_party_invite": invite}
    assert redact_content("m.room.member", content, ROOM_VERSIONS["11"]).get("third_party_invite") == kept
    assert redact_content("m.room.member", content, ROOM_VERSIONS["10"]) == {"membership": "invite"}


_pdus = st.builds(
    lambda extra, event_type, content: {**extra, "type": event_type, "content": content},
    json_objects,
    st.sampled_from(TYPES) | st.text(max_size=5),
    json_objects | st.just(CONTENT) | st.builds(lambda invite: {"third_party_invite": invite}, json_objects),
)


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=40)
@given(pdu=_pdus)
def test_redacting_twice_is_redacting_once_and_leaves_the_original_alone(version: str, pdu: dict[str, object]) -> None:
    untouched = copy.deepcopy(pdu)
    once = redact_pdu(pdu, ROOM_VERSIONS[version])
    assert redact_pdu(once, ROOM_VERSIONS[version]) == once
    assert pdu == untouched
