"""How the answer to a sync is written down."""

import json

import pytest

from sottovoce.domains.changes.model import RoomPlace, SyncAnswer, Unread
from sottovoce.domains.sync.model import ListAsk, RoomConfig, RoomFilters, Scope
from sottovoce.domains.sync.rules import (
    EVERYTHING,
    Facts,
    chosen,
    direct_rooms,
    encoded,
    holds,
    in_scope,
    tags_in,
    windows,
)
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.required_state import StateElement, StateSelection

HERE = RoomId("!here")


def written(answer: SyncAnswer, *, state_after: bool = False) -> dict[str, object]:
    decoded: dict[str, object] = json.loads(encoded(answer, "s1", state_after=state_after))
    return decoded


def test_an_answer_without_news_is_its_token() -> None:
    assert written(SyncAnswer()) == {"next_batch": "s1"}


def test_events_are_spliced_as_they_are() -> None:
    answer = SyncAnswer(account_data=[b'{"type":"a"}', b'{"type":"b"}'], presence=[b'{"type":"m.presence"}'])
    assert written(answer) == {
        "next_batch": "s1",
        "account_data": {"events": [{"type": "a"}, {"type": "b"}]},
        "presence": {"events": [{"type": "m.presence"}]},
    }


def test_a_room_says_what_it_has() -> None:
    answer = SyncAnswer()
    room = answer.room(HERE)
    room.timeline, room.limited, room.prev_batch = [b'{"type":"t"}'], True, "p1"
    room.ephemeral, room.account_data = [b'{"type":"e"}'], [b'{"type":"d"}']
    room.unread, room.unread_threads = Unread(2, 1), {"$thread": Unread(1, 0)}
    room.summary = {"m.joined_member_count": 2}
    assert written(answer)["rooms"] == {
        "join": {
            HERE: {
                "timeline": {"events": [{"type": "t"}], "limited": True, "prev_batch": "p1"},
                "state": {"events": []},
                "ephemeral": {"events": [{"type": "e"}]},
                "account_data": {"events": [{"type": "d"}]},
                "unread_notifications": {"notification_count": 2, "highlight_count": 1},
                "unread_thread_notifications": {"$thread": {"notification_count": 1, "highlight_count": 0}},
                "summary": {"m.joined_member_count": 2},
            }
        }
    }


def test_a_room_with_a_receipt_alone_has_no_timeline() -> None:
    answer = SyncAnswer()
    answer.room(HERE).ephemeral = [b'{"type":"e"}']
    assert written(answer)["rooms"] == {"join": {HERE: {"ephemeral": {"events": [{"type": "e"}]}}}}


def test_the_state_after_a_timeline_has_a_name_of_its_own() -> None:
    answer = SyncAnswer()
    answer.room(HERE).state = [b'{"type":"s"}']
    assert written(answer, state_after=True)["rooms"] == {"join": {HERE: {"state_after": {"events": [{"type": "s"}]}}}}


def test_rooms_are_told_apart_by_what_one_is_to_them() -> None:
    left, invited, knocked = RoomId("!left"), RoomId("!invited"), RoomId("!knocked")
    answer = SyncAnswer(invited={invited: [b'{"type":"i"}']}, knocked={knocked: [b'{"type":"k"}']})
    answer.room(left).membership = "leave"
    assert written(answer)["rooms"] == {
        "leave": {left: {}},
        "invite": {invited: {"invite_state": {"events": [{"type": "i"}]}}},
        "knock": {knocked: {"knock_state": {"events": [{"type": "k"}]}}},
    }


def test_what_encryption_needs_has_sections_of_its_own() -> None:
    answer = SyncAnswer(to_device=[b'{"type":"t"}'], one_time_keys={"signed_curve25519": 3}, unused_fallback_keys=[])
    answer.device_lists.changed = {UserId("@b:test"), UserId("@a:test")}
    assert written(answer) == {
        "next_batch": "s1",
        "to_device": {"events": [{"type": "t"}]},
        "device_lists": {"changed": ["@a:test", "@b:test"], "left": []},
        "device_one_time_keys_count": {"signed_curve25519": 3},
        "device_unused_fallback_key_types": [],
    }


def test_key_counts_alone_are_no_reason_to_answer_unless_they_moved() -> None:
    answer = SyncAnswer(one_time_keys={"signed_curve25519": 3})
    assert answer.is_empty
    answer.key_counts_moved = True
    assert not answer.is_empty


def listing(name: str, limit: int = 1, *include: StateElement) -> ListAsk:
    return ListAsk(name, None, EVERYTHING, RoomConfig(limit, StateSelection(frozenset(include))))


def place(membership: str = "join") -> RoomPlace:
    return RoomPlace(1, membership, 1, True, True)


def test_a_list_without_filters_holds_every_room() -> None:
    assert holds(EVERYTHING, HERE, place("invite"), Facts())


def test_of_a_type_in_both_lists_a_room_is_not_held() -> None:
    filters = RoomFilters(room_types=frozenset({"m.space"}), not_room_types=frozenset({"m.space"}))
    assert not holds(filters, HERE, place(), Facts(types={HERE: "m.space"}))


def test_a_room_whose_kind_is_not_known_is_of_none() -> None:
    assert holds(RoomFilters(room_types=frozenset({None})), HERE, place(), Facts())


def test_windows_overlap_without_repeating_a_room() -> None:
    rooms = [RoomId(f"!{number}") for number in range(5)]
    assert list(windows(((0, 1), (1, 2), (4, 9)), rooms)) == [*rooms[:3], rooms[4]]
    assert list(windows((), rooms)) == []
    assert list(windows(None, rooms)) == rooms


def test_what_all_ask_for_is_what_each_asks_for() -> None:
    name, topic = ("m.room.name", ""), ("m.room.topic", None)
    limit, required = chosen([listing("a", 1, name), listing("b", 5, topic)], None)
    assert limit == 5
    assert required.matches("m.room.name", "")
    assert required.matches("m.room.topic", "x")
    assert chosen([], RoomConfig(7, StateSelection()))[0] == 7


def test_an_extension_is_about_the_lists_and_subscriptions_it_names() -> None:
    other = RoomId("!other")
    lists = {HERE: ["a", "b"]}
    assert in_scope(Scope(), lists, [other]) == {HERE, other}
    assert in_scope(Scope(lists=frozenset({"b"}), rooms=frozenset()), lists, [other]) == {HERE}
    assert in_scope(Scope(lists=frozenset()), lists, [other]) == {other}
    assert in_scope(Scope(lists=frozenset({"c"}), rooms=frozenset({"!x"})), lists, [other]) == set()


@pytest.mark.parametrize(
    ("content", "rooms"),
    [
        (None, set()),
        (b"[]", set()),
        (b'{"@a:test":["!1","!2"],"@b:test":["!2",7],"@c:test":"!3"}', {"!1", "!2"}),
    ],
)
def test_direct_chats_are_those_called_so(content: bytes | None, rooms: set[str]) -> None:
    assert direct_rooms(content) == rooms


@pytest.mark.parametrize(
    ("content", "tags"),
    [
        (b"{}", set()),
        (b"7", set()),
        (b'{"tags":[]}', set()),
        (b'{"tags":{"m.favourite":{"order":1}}}', {"m.favourite"}),
    ],
)
def test_tags_are_read_from_whatever_was_kept(content: bytes, tags: set[str]) -> None:
    assert tags_in(content) == tags
