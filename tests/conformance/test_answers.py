"""Answers are held against the specification, and what is not as it says is noticed."""

import msgspec
import pytest

from tests.helpers import spec

JSON = {"content-type": "application/json"}
SYNC = "/_matrix/client/v3/sync"
EVENT = {"type": "m.x", "sender": "@a:b", "content": {}, "event_id": "$1", "origin_server_ts": 1}


def told(method: str, path: str, status: int, body: object) -> list[str]:
    return spec.complaints(method, path, status, JSON, msgspec.json.encode(body))


def a_sync(**event: object) -> dict[str, object]:
    return {"next_batch": "s1", "rooms": {"join": {"!a:b": {"timeline": {"events": [EVENT | event]}}}}}


def test_a_good_answer_is_good() -> None:
    assert told("GET", SYNC, 200, a_sync()) == []
    assert told("GET", "/_matrix/client/r0/sync?since=s1", 200, a_sync()) == []
    assert told("GET", SYNC, 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Who?"}) == []


@pytest.mark.parametrize("event", [{"sender": "a"}, {"origin_server_ts": "now"}, {"event_id": None}, {"content": []}])
def test_a_wrong_value_deep_inside_is_noticed(event: dict[str, object]) -> None:
    assert told("GET", SYNC, 200, a_sync(**event))[0].startswith("sync 200: rooms/join/!a:b/timeline/events/0/")


def test_what_the_server_makes_by_itself_is_looked_at_too() -> None:
    def typing(content: object) -> dict[str, object]:
        ephemeral = {"events": [{"type": "m.typing", "content": content}]}
        return {"next_batch": "s1", "rooms": {"join": {"!a:b": {"ephemeral": ephemeral}}}}

    assert told("GET", SYNC, 200, typing({"user_ids": ["@a:b"]})) == []
    assert told("GET", SYNC, 200, typing({"user_ids": "@a:b"})) != []
    assert told("GET", SYNC, 200, typing({})) != []


@pytest.mark.parametrize("body", [{}, {"errcode": "M_X"}, {"errcode": "no", "error": "x"}, {"error": "x"}, []])
def test_an_error_without_code_or_words_is_noticed(body: object) -> None:
    assert told("GET", SYNC, 403, body) != []


def test_an_answer_nobody_expects_is_noticed() -> None:
    assert told("GET", SYNC, 204, {}) == ["sync 204: the specification has no such answer"]
    assert spec.complaints("GET", SYNC, 200, {}, b"{}") != []
    assert spec.complaints("GET", SYNC, 200, JSON, b"{") == ["sync 200: the body is not JSON"]


def test_what_has_to_be_proved_is_told_as_flows() -> None:
    path = "/_matrix/client/v3/delete_devices"
    assert told("POST", path, 401, {"flows": [{"stages": ["m.login.password"]}], "session": "x"}) == []
    assert told("POST", path, 401, {"flows": "m.login.password"}) != []


def test_an_empty_state_key_may_be_left_out() -> None:
    at = "/_matrix/client/v3/rooms/!a:b/state/m.room.name"
    names = [[found.name for found in spec.operations_at("GET", path)] for path in (at, at + "/", at + "/x")]
    assert names == [["getRoomStateWithKey"]] * 3


def test_what_the_specification_does_not_speak_of_is_left_alone() -> None:
    assert told("GET", "/_sottovoce/setup", 200, []) == []
    assert told("GET", "/_matrix/client/unstable/x", 200, []) == []
