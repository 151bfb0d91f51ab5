import json

import pytest
from hypothesis import given

from sottovoce.protocol.events import Event, client_form, stripped_form
from sottovoce.protocol.ids import EventId

from ..builders import ALICE, VERSIONS, Content, Room, json_objects


def _client(event: Event, spliced: bytes = b"") -> dict[str, object]:
    whole: dict[str, object] = json.loads(client_form(event) + spliced + b"}")
    return whole


def test_a_message_shows_its_fields_and_nothing_of_the_federation() -> None:
    message = Room().event("m.room.message", ALICE, {"body": "ciao"})
    assert _client(message) == {
        "content": {"body": "ciao"},
        "event_id": message.event_id,
        "origin_server_ts": message.origin_server_ts,
        "sender": ALICE,
        "type": "m.room.message",
    }


def test_a_state_event_shows_its_state_key_even_an_empty_one() -> None:
    room = Room()
    assert _client(room.create)["state_key"] == ""
    assert _client(room.state["m.room.member", ALICE])["state_key"] == ALICE


def test_room_id_and_unsigned_are_spliced_before_the_brace() -> None:
    shown = _client(Room().create, b',"room_id":"!r","unsigned":{"age":5}')
    assert (shown["room_id"], shown["unsigned"]) == ("!r", {"age": 5})


@given(content=json_objects)
def test_content_is_cut_from_the_event_unchanged(content: Content) -> None:
    event = Room().event("org.example.any", ALICE, content, "")
    assert _client(event)["content"] == content
    assert json.loads(stripped_form(event))["content"] == content


@pytest.mark.parametrize("version", VERSIONS)
def test_a_redaction_names_its_target_inside_and_beside_content_in_every_version(version: str) -> None:
    shown = _client(Room(version).event("m.room.redaction", ALICE, {"reason": "no"}, redacts=EventId("$target")))
    assert shown["redacts"] == "$target"
    assert shown["content"] == {"reason": "no", "redacts": "$target"}


def test_the_real_target_wins_over_a_false_one_in_content() -> None:
    redaction = Room("10").event("m.room.redaction", ALICE, {"redacts": "$false"}, redacts=EventId("$target"))
    assert _client(redaction)["content"] == {"redacts": "$target"}


def test_other_events_show_no_target() -> None:
    shown = _client(Room().event("m.room.message", ALICE, {"redacts": "$a"}))
    assert "redacts" not in shown
    assert shown["content"] == {"redacts": "$a"}


def test_stripped_state_has_four_fields() -> None:
    member = Room().state["m.room.member", ALICE]
    assert json.loads(stripped_form(member)) == {
        "content": {"membership": "join"},
        "sender": ALICE,
        "state_key": ALICE,
        "type": "m.room.member",
    }
