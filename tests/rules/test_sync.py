"""How the answer to a sync is written down."""

import json

from sottovoce.domains.changes.model import SyncAnswer, Unread
from sottovoce.domains.sync.rules import encoded
from sottovoce.protocol.ids import RoomId, UserId

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
