"""The conditions of push rules, made into functions once and asked of many events. Spec: client-server, Conditions."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.power import PowerLevels

from .glob import Glob

MATCHED_TEXT_MAX_CHARACTERS = 8_192
"""How far into a text patterns are looked for."""


class Circumstances(NamedTuple):
    """What conditions ask beyond the event: about the person, and about the room as it is now."""

    user_id: UserId
    display_name: str | None
    member_count: int
    power: PowerLevels


Condition = Callable[[Event, Circumstances], bool]
"""Whether it holds for an event."""

_ABSENT = object()
_MEMBER_COUNT = re.compile(r"(==|<=|>=|<|>)?([0-9]{1,9})")
_BODY = ("content", "body")
_TOP: Mapping[str, Callable[[Event], object]] = {
    "content": lambda event: event.content,
    "event_id": lambda event: event.event_id,
    "origin_server_ts": lambda event: event.origin_server_ts,
    "redacts": lambda event: _ABSENT if event.redacts is None else event.redacts,
    "room_id": lambda event: event.room_id,
    "sender": lambda event: event.sender,
    "state_key": lambda event: _ABSENT if event.state_key is None else event.state_key,
    "type": lambda event: event.type,
}
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "==": lambda count, number: count == number,
    "<": lambda count, number: count < number,
    ">": lambda count, number: count > number,
    "<=": lambda count, number: count <= number,
    ">=": lambda count, number: count >= number,
}


def condition_of(said: Mapping[str, object]) -> Condition:
    """The condition as a function; one that nobody knows, or of a wrong form, never holds."""
    made = _MAKERS.get(str(said.get("kind")), _unknown)(said)
    return _never if made is None else made


def why_not_a_condition(said: Mapping[str, object]) -> str | None:
    """What is wrong with a condition of a known kind; None if nothing is, or the kind is unknown."""
    kind = said.get("kind")
    if not isinstance(kind, str):
        return "a condition must have a kind, which is a string"
    maker = _MAKERS.get(kind)
    if maker is not None and maker(said) is None:
        return f"a condition of kind {kind} lacks a field or has one of the wrong form"
    return None


def room_is(room_id: str) -> Condition:
    """The event is in this room."""
    return lambda event, _: event.room_id == room_id


def sender_is(sender: str) -> Condition:
    """The event is this user's."""
    return lambda event, _: event.sender == sender


def body_matches(pattern: str) -> Condition:
    """The text of the message has words that match."""
    return _matching(_BODY, Glob(pattern))


def property_path(key: str) -> tuple[str, ...]:
    """The names in a path with dots between. Spec: appendices, Dot-separated property paths."""
    names, name, is_escaped = [], "", False
    for character in key:
        if is_escaped:
            name += character if character in ".\\" else f"\\{character}"
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == ".":
            names.append(name)
            name = ""
        else:
            name += character
    return (*names, f"{name}\\" if is_escaped else name)


def _property(event: Event, path: tuple[str, ...]) -> object:
    top = _TOP.get(path[0])
    value = _ABSENT if top is None else top(event)
    for name in path[1:]:
        if not isinstance(value, dict):
            return _ABSENT
        value = value.get(name, _ABSENT)
    return value


def _matching(path: tuple[str, ...], glob: Glob) -> Condition:
    matches = glob.is_among_words if path == _BODY else glob.matches

    def holds(event: Event, _: Circumstances) -> bool:
        value = _property(event, path)
        return isinstance(value, str) and matches(value[:MATCHED_TEXT_MAX_CHARACTERS])

    return holds


def _event_match(said: Mapping[str, object]) -> Condition | None:
    key, pattern = said.get("key"), said.get("pattern")
    if not isinstance(key, str) or not isinstance(pattern, str):
        return None
    return _matching(property_path(key), Glob(pattern))


def _event_property_is(said: Mapping[str, object]) -> Condition | None:
    key, value = said.get("key"), said.get("value", _ABSENT)
    if not isinstance(key, str) or not _is_simple(value):
        return None
    path = property_path(key)
    return lambda event, _: _is_same(_property(event, path), value)


def _event_property_contains(said: Mapping[str, object]) -> Condition | None:
    key, value = said.get("key"), said.get("value", _ABSENT)
    if not isinstance(key, str) or not _is_simple(value):
        return None
    path = property_path(key)

    def holds(event: Event, _: Circumstances) -> bool:
        values = _property(event, path)
        return isinstance(values, list) and any(_is_same(each, value) for each in values)

    return holds


def _contains_display_name(_: Mapping[str, object]) -> Condition | None:
    def holds(event: Event, around: Circumstances) -> bool:
        body, name = event.content.get("body"), around.display_name
        return (
            isinstance(body, str)
            and bool(name)
            and Glob.literal(str(name)).is_among_words(body[:MATCHED_TEXT_MAX_CHARACTERS])
        )

    return holds


def _room_member_count(said: Mapping[str, object]) -> Condition | None:
    asked = said.get("is")
    found = _MEMBER_COUNT.fullmatch(asked) if isinstance(asked, str) else None
    if found is None:
        return None
    compare, number = _COMPARE[found[1] or "=="], int(found[2])
    return lambda _, around: compare(around.member_count, number)


def _sender_notification_permission(said: Mapping[str, object]) -> Condition | None:
    key = said.get("key")
    if not isinstance(key, str):
        return None
    return lambda event, around: around.power.of_user(event.sender) >= around.power.to_notify(key)


def _unknown(_: Mapping[str, object]) -> Condition | None:
    return None


def _never(_: Event, __: Circumstances) -> bool:
    return False


def _is_simple(value: object) -> bool:
    return value is None or isinstance(value, str | int)


def _is_same(one: object, other: object) -> bool:
    """Whether two values of JSON are the same; to Python true is 1, to JSON it is not."""
    return type(one) is type(other) and one == other


_MAKERS: Mapping[str, Callable[[Mapping[str, object]], Condition | None]] = {
    "event_match": _event_match,
    "event_property_is": _event_property_is,
    "event_property_contains": _event_property_contains,
    "contains_display_name": _contains_display_name,
    "room_member_count": _room_member_count,
    "sender_notification_permission": _sender_notification_permission,
}
