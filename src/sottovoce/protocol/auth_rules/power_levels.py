"""Rule 10: how power levels may change. Nobody gives or takes what they do not have."""

from collections.abc import Callable, Iterator, Mapping

from sottovoce.protocol.auth_rules.view import RoomView
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import is_user_id

_LEVELS = (
    "users_default",
    "events_default",
    "state_default",
    "ban",
    "redact",
    "kick",
    "invite",
)
_TABLES = ("events", "notifications")

# One key whose value differs: its name, then the value before and after; None where it was not or is not.
_Change = tuple[str, int | None, int | None]


def check_power_levels(event: Event, room: RoomView) -> Refusal | None:
    """Judge a power levels event whose sender may send it; None allows it. Spec: rule 10."""
    new = event.content
    refusal = _check_form(new, room)
    if refusal is not None:
        return refusal
    current = room.state.get(("m.room.power_levels", ""))
    if current is None:  # 10.5
        return None
    level = room.power.of_user(event.sender)
    return _check_levels(current.content, new, level, room) or _check_users(
        current.content, new, level, event.sender, room
    )


def _check_form(content: Mapping[str, object], room: RoomView) -> Refusal | None:
    for key in _LEVELS:
        if key in content and type(content[key]) is not int:  # 10.1
            return room.refuse("10.1", f"{key} is not an integer")
    for key in _TABLES:
        if key in content and not _is_table(content[key]):  # 10.2
            return room.refuse("10.2", f"{key} is not an object of integers")
    users = content.get("users", {})
    if not _is_table(users, is_user_id):  # 10.3
        return room.refuse("10.3", "users is not an object of user ids with integers")
    if room.version.creators_outrank_everyone and not room.power.creators().isdisjoint(_table(content, "users")):
        return room.refuse("10.4", "a creator's level cannot be set")  # 10.4
    return None


def _check_levels(old: Mapping[str, object], new: Mapping[str, object], level: int, room: RoomView) -> Refusal | None:
    for key, before, after in _changes(_named_levels(old), _named_levels(new)):
        if before is not None and before > level:  # 10.6.1
            return room.refuse("10.6.1", f"{key} stands above the sender")
        if after is not None and after > level:  # 10.6.2
            return room.refuse("10.6.2", f"{key} would stand above the sender")
    changes = [change for table in _TABLES for change in _changes(_table(old, table), _table(new, table))]
    for key, before, _ in changes:
        if before is not None and before > level:  # 10.7.1
            return room.refuse("10.7.1", f"{key} stands above the sender")
    for key, _, after in changes:
        if after is not None and after > level:  # 10.8.1
            return room.refuse("10.8.1", f"{key} would stand above the sender")
    return None


def _check_users(
    old: Mapping[str, object],
    new: Mapping[str, object],
    level: int,
    sender: str,
    room: RoomView,
) -> Refusal | None:
    changes = list(_changes(_table(old, "users"), _table(new, "users")))
    for user, before, _ in changes:
        if before is not None and before >= level and user != sender:  # 10.9.1
            return room.refuse("10.9.1", "the sender does not stand above the user")
    for _, _, after in changes:
        if after is not None and after > level:  # 10.10.1
            return room.refuse("10.10.1", "the user would stand above the sender")
    return None  # 10.11


def _changes(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[_Change]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield key, before, after


def _is_table(value: object, fits: Callable[[object], bool] = lambda key: True) -> bool:
    return isinstance(value, dict) and all(type(item) is int and fits(key) for key, item in value.items())


def _table(content: Mapping[str, object], key: str) -> Mapping[str, int]:
    table = content.get(key)
    return {name: level for name, level in table.items() if type(level) is int} if isinstance(table, dict) else {}


def _named_levels(content: Mapping[str, object]) -> Mapping[str, int]:
    return {key: level for key in _LEVELS if type(level := content.get(key)) is int}
