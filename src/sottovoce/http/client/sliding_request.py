"""Reading the request of a sliding sync, in its merged form and in the one before. Spec: MSC4186, Request Body."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import msgspec

from sottovoce.domains.presence.model import State
from sottovoce.domains.sync.model import (
    Extensions,
    ListAsk,
    RoomConfig,
    RoomFilters,
    Scope,
    SlidingRequest,
    ToDeviceAsk,
)
from sottovoce.domains.sync.model.sliding import (
    MAX_LISTS,
    MAX_SUBSCRIPTIONS,
    MAX_TIMELINE_EVENTS,
    MAX_TIMEOUT_MS,
    MAX_TO_DEVICE_MESSAGES,
)
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.required_state import StateElement, StateSelection

MAX_STATE_ELEMENTS = 1_000
MAX_RANGES = 100
MAX_CONN_ID_CHARACTERS = 255
MAX_TXN_ID_CHARACTERS = 255
MAX_PLACE = 2**53 - 1

T = TypeVar("T")

_PRESENCE = {state.word: state for state in State}
_LIST_KEY = re.compile(r"[0-9a-zA-Z._~-]{1,255}")
_EXTENSIONS: Mapping[str, str] = {
    "to_device": "to_device",
    "org.matrix.msc4538.to_device": "to_device",
    "e2ee": "e2ee",
    "org.matrix.msc4543.e2ee": "e2ee",
    "account_data": "account_data",
    "receipts": "receipts",
    "typing": "typing",
    "org.matrix.msc4508.typing": "typing",
}
"""What extensions are called: by their proposals as long as those are not merged, and by the clients in use."""
_MEMBER = "m.room.member"


class Asked(NamedTuple):
    """A request, read; what it calls its extensions; and what it wants to be called itself."""

    request: SlidingRequest
    extension_names: Mapping[str, str]
    txn_id: str | None = None


class _Element(msgspec.Struct):
    type: str | None = None
    state_key: str | None = None


class _RequiredState(msgspec.Struct):
    include: list[_Element] = []
    exclude: list[_Element] = []
    lazy_members: bool = False


class _Filters(msgspec.Struct):
    is_dm: bool | None = None
    spaces: list[str] | None = None
    is_encrypted: bool | None = None
    is_invited: bool | None = None
    is_invite: bool | None = None
    room_types: list[str | None] | None = None
    not_room_types: list[str | None] | None = None
    tags: list[str] | None = None
    not_tags: list[str] | None = None


class _Subscription(msgspec.Struct):
    timeline_limit: int
    required_state: _RequiredState


class _List(_Subscription):
    range: tuple[int, int] | None = None
    filters: _Filters | None = None


class _Extension(msgspec.Struct):
    enabled: bool | None = False
    lists: list[str] | None = None
    rooms: list[str] | None = None
    since: str | None = None
    limit: int | None = None


class _Body(msgspec.Struct):
    conn_id: str | None = None
    pos: str | None = None
    timeout: int | None = None
    set_presence: str | None = None
    lists: dict[str, _List] = {}
    room_subscriptions: dict[str, _Subscription] = {}
    extensions: dict[str, msgspec.Raw] = {}


class _UnstableSubscription(msgspec.Struct):
    timeline_limit: int = 0
    required_state: list[tuple[str, str]] = []


class _UnstableList(_UnstableSubscription):
    ranges: list[tuple[int, int]] | None = None
    filters: _Filters | None = None


class _UnstableBody(msgspec.Struct):
    conn_id: str | None = None
    txn_id: str | None = None
    lists: dict[str, _UnstableList] | None = None
    room_subscriptions: dict[str, _UnstableSubscription] | None = None
    extensions: dict[str, msgspec.Raw] | None = None


_decode_extension = msgspec.json.Decoder(_Extension).decode


def merged_request(call: Call) -> Asked:
    """The body of POST v4/sync, read. Raises Refused. Spec: MSC4186, Request Body."""
    body = call.decode(_Body)
    for key in body.lists:
        if not _LIST_KEY.fullmatch(key):
            raise invalid_param("lists", "keys must be 1 to 255 of the characters 0-9 a-z A-Z . _ ~ -")
    lists = [
        ListAsk(key, None if each.range is None else _ranges([each.range]), _filters(each.filters), _config(each))
        for key, each in _bounded(body.lists, MAX_LISTS, "lists").items()
    ]
    subscriptions = _bounded(body.room_subscriptions, MAX_SUBSCRIPTIONS, "room_subscriptions")
    names, extensions = _extensions(body.extensions)
    request = SlidingRequest(
        conn_id=_conn_id(body.conn_id),
        pos=body.pos,
        timeout_ms=_timeout_ms(body.timeout),
        set_presence=_presence(body.set_presence),
        lists=lists,
        subscriptions={RoomId(room_id): _config(each) for room_id, each in subscriptions.items()},
        extensions=extensions,
    )
    return Asked(request, names)


def unstable_request(call: Call) -> Asked:
    """The request of the form before, read: some of it is in the query. Raises Refused."""
    body, me = call.decode(_UnstableBody), call.caller.user_id
    lists = [
        ListAsk(
            key, None if each.ranges is None else _ranges(each.ranges), _filters(each.filters), _former_config(each, me)
        )
        for key, each in _bounded(body.lists or {}, MAX_LISTS, "lists").items()
    ]
    subscriptions = _bounded(body.room_subscriptions or {}, MAX_SUBSCRIPTIONS, "room_subscriptions")
    names, extensions = _extensions(body.extensions or {}, star_is_all=True)
    if body.txn_id is not None and len(body.txn_id) > MAX_TXN_ID_CHARACTERS:
        raise invalid_param("txn_id", f"must be at most {MAX_TXN_ID_CHARACTERS} characters")
    request = SlidingRequest(
        conn_id=_conn_id(body.conn_id),
        pos=call.query.text("pos") or None,
        timeout_ms=call.query.number("timeout", 0, 0, MAX_TIMEOUT_MS),
        set_presence=_presence(call.query.text("set_presence")),
        lists=lists,
        subscriptions={RoomId(room_id): _former_config(each, me) for room_id, each in subscriptions.items()},
        extensions=extensions,
        counts_unread=True,
    )
    return Asked(request, names, body.txn_id)


def _bounded(members: dict[str, T], most: int, name: str) -> dict[str, T]:
    if len(members) > most:
        raise invalid_param(name, f"must be at most {most}")
    return members


def _conn_id(text: str | None) -> str:
    if text is not None and len(text) > MAX_CONN_ID_CHARACTERS:
        raise invalid_param("conn_id", f"must be at most {MAX_CONN_ID_CHARACTERS} characters")
    return text or ""


def _timeout_ms(timeout: int | None) -> int:
    if timeout is not None and timeout < 0:
        raise invalid_param("timeout", "must not be negative")
    return min(timeout or 0, MAX_TIMEOUT_MS)


def _presence(word: str | None) -> State:
    if word is None:
        return State.ONLINE
    if word not in _PRESENCE:
        raise invalid_param("set_presence", "must be online, unavailable or offline")
    return _PRESENCE[word]


def _ranges(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    if len(ranges) > MAX_RANGES or any(not 0 <= first <= last <= MAX_PLACE for first, last in ranges):
        raise invalid_param("range", "must be two places, the first not after the last, both from 0 on")
    return tuple(ranges)


def _filters(asked: _Filters | None) -> RoomFilters:
    if asked is None:
        return RoomFilters()
    return RoomFilters(
        is_dm=asked.is_dm,
        spaces=_set_of(asked.spaces),
        is_encrypted=asked.is_encrypted,
        is_invited=asked.is_invited if asked.is_invited is not None else asked.is_invite,
        room_types=_set_of(asked.room_types),
        not_room_types=_set_of(asked.not_room_types),
        tags=_set_of(asked.tags),
        not_tags=_set_of(asked.not_tags),
    )


def _set_of(values: Iterable[T] | None) -> frozenset[T] | None:
    return None if values is None else frozenset(values)


def _limit(timeline_limit: int) -> int:
    if timeline_limit < 0:
        raise invalid_param("timeline_limit", "must not be negative")
    return min(timeline_limit, MAX_TIMELINE_EVENTS)


def _selection(
    include: Iterable[StateElement], exclude: Iterable[StateElement], *, lazy_members: bool
) -> StateSelection:
    selection = StateSelection(frozenset(include), frozenset(exclude), lazy_members)
    if len(selection.include) + len(selection.exclude) > MAX_STATE_ELEMENTS:
        raise invalid_param("required_state", f"must be at most {MAX_STATE_ELEMENTS} elements")
    return selection


def _config(asked: _Subscription) -> RoomConfig:
    state = asked.required_state
    include = [(each.type, each.state_key) for each in state.include]
    exclude = [(each.type, each.state_key) for each in state.exclude]
    return RoomConfig(_limit(asked.timeline_limit), _selection(include, exclude, lazy_members=state.lazy_members))


def _former_config(asked: _UnstableSubscription, me: UserId) -> RoomConfig:
    """Of the pairs a star stands for any, $ME for whoever asks, and $LAZY makes members come lazily."""
    include: list[StateElement] = []
    lazy_members = False
    for kind, key in asked.required_state:
        if key == "$LAZY":
            lazy_members = lazy_members or kind in (_MEMBER, "*")
        else:
            include.append((None if kind == "*" else kind, None if key == "*" else me if key == "$ME" else key))
    return RoomConfig(_limit(asked.timeline_limit), _selection(include, (), lazy_members=lazy_members))


def _extensions(asked: Mapping[str, msgspec.Raw], *, star_is_all: bool = False) -> tuple[Mapping[str, str], Extensions]:
    """What each extension is called in the request, and what is asked of it; unknown ones are passed over."""
    names: dict[str, str] = {}
    configs: dict[str, _Extension] = {}
    for name, raw in asked.items():
        extension = _EXTENSIONS.get(name)
        if extension is not None and (config := _extension(name, raw)).enabled:
            names[extension], configs[extension] = name, config
    scopes = {name: _scope(config, star_is_all=star_is_all) for name, config in configs.items()}
    return names, Extensions(
        to_device=_to_device(configs.get("to_device")),
        e2ee="e2ee" in configs,
        account_data=scopes.get("account_data"),
        receipts=scopes.get("receipts"),
        typing=scopes.get("typing"),
    )


def _extension(name: str, raw: msgspec.Raw) -> _Extension:
    try:
        return _decode_extension(raw)
    except msgspec.ValidationError as error:
        raise invalid_param(name, str(error)) from None


def _to_device(config: _Extension | None) -> ToDeviceAsk | None:
    if config is None:
        return None
    if config.limit is not None and config.limit <= 0:
        raise invalid_param("limit", "must be a positive number")
    return ToDeviceAsk(config.since, min(config.limit or MAX_TO_DEVICE_MESSAGES, MAX_TO_DEVICE_MESSAGES))


def _scope(config: _Extension, *, star_is_all: bool) -> Scope:
    lists, rooms = (
        None if values is None or (star_is_all and "*" in values) else frozenset(values)
        for values in (config.lists, config.rooms)
    )
    return Scope(lists, rooms)
