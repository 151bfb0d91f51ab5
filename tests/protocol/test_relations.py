"""What an event relates to, and whether it may."""

import pytest
from msgspec.structs import replace

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.relations import (
    ANNOTATION,
    REFERENCE,
    REPLACE,
    THREAD,
    Relation,
    annotation_key,
    is_valid_relation,
    may_start_thread,
    relation_of,
)

PARENT = EventId("$parent")


def related(rel_type: object, event_id: object = PARENT, **more: object) -> dict[str, object]:
    return {"m.relates_to": {"rel_type": rel_type, "event_id": event_id, **more}}


def an_event(content: dict[str, object], event_id: str = "$child", kind: str = "m.room.message") -> Event:
    return Event(
        event_id=EventId(event_id),
        room_id=RoomId("!room"),
        type=kind,
        sender=UserId("@alice:test"),
        state_key=None,
        origin_server_ts=1,
        content=content,
        depth=1,
        prev_events=(),
        auth_events=(),
        redacts=None,
        pdu=b"",
    )


ORIGINAL = an_event({"body": "x"}, PARENT)
EDIT = an_event({**related(REPLACE), "m.new_content": {"body": "y"}})


def test_a_relation_names_its_kind_and_its_event() -> None:
    assert relation_of(related(THREAD)) == Relation(THREAD, PARENT)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"m.relates_to": None},
        {"m.relates_to": [THREAD, PARENT]},
        {"m.relates_to": {"m.in_reply_to": {"event_id": PARENT}}},
        related(1),
        related(""),
        related("a\0b"),
        related("x" * 256),
        related(THREAD, 5),
        related(THREAD, "$a\0"),
        related(THREAD, "$" + "a" * 255),
    ],
)
def test_what_has_not_the_form_of_a_relation_is_none(content: dict[str, object]) -> None:
    assert relation_of(content) is None


def test_an_annotation_has_a_key_of_text() -> None:
    assert annotation_key(related(ANNOTATION, key="👍")) == "👍"
    assert annotation_key(related(ANNOTATION, key=1)) is None
    assert annotation_key({"m.relates_to": 1}) is None


def test_an_edit_is_its_senders_of_the_same_type_with_new_content() -> None:
    assert is_valid_relation(EDIT, REPLACE, ORIGINAL)
    assert not is_valid_relation(replace(EDIT, sender=UserId("@bob:test")), REPLACE, ORIGINAL)
    assert not is_valid_relation(replace(EDIT, type="m.sticker"), REPLACE, ORIGINAL)
    assert not is_valid_relation(replace(EDIT, content=related(REPLACE)), REPLACE, ORIGINAL)
    assert not is_valid_relation(replace(EDIT, content={"m.new_content": "y"}), REPLACE, ORIGINAL)


def test_state_is_not_edited_and_edits_nothing() -> None:
    assert not is_valid_relation(replace(EDIT, state_key=""), REPLACE, ORIGINAL)
    assert not is_valid_relation(EDIT, REPLACE, replace(ORIGINAL, state_key=""))


def test_an_edit_is_not_edited_but_a_reply_in_a_thread_is() -> None:
    assert not is_valid_relation(EDIT, REPLACE, replace(ORIGINAL, content=related(REPLACE, "$other")))
    assert is_valid_relation(EDIT, REPLACE, replace(ORIGINAL, content=related(THREAD, "$other")))


def test_an_encrypted_edit_keeps_its_new_content_to_itself() -> None:
    kind = "m.room.encrypted"
    assert is_valid_relation(
        an_event(related(REPLACE), kind=kind), REPLACE, an_event({"ciphertext": "…"}, PARENT, kind)
    )


def test_a_thread_begins_with_what_relates_to_nothing() -> None:
    reply = replace(ORIGINAL, content={"m.relates_to": {"m.in_reply_to": {"event_id": "$other"}}})
    in_thread = replace(ORIGINAL, content=related(THREAD, "$other"))
    assert may_start_thread(ORIGINAL)
    assert may_start_thread(reply)
    assert not may_start_thread(in_thread)
    assert not is_valid_relation(an_event(related(THREAD)), THREAD, in_thread)


@pytest.mark.parametrize("rel_type", [ANNOTATION, REPLACE])
def test_neither_an_annotation_nor_an_edit_is_annotated(rel_type: str) -> None:
    reaction = an_event(related(ANNOTATION, key="👍"), kind="m.reaction")
    assert is_valid_relation(reaction, ANNOTATION, ORIGINAL)
    assert not is_valid_relation(reaction, ANNOTATION, replace(ORIGINAL, content=related(rel_type, "$other")))


def test_an_event_relates_to_another_of_its_room_only() -> None:
    child = an_event(related(REFERENCE))
    assert is_valid_relation(child, REFERENCE, ORIGINAL)
    assert is_valid_relation(child, "it.own", ORIGINAL)
    assert not is_valid_relation(child, REFERENCE, replace(ORIGINAL, room_id=RoomId("!elsewhere")))
    assert not is_valid_relation(child, REFERENCE, child)
