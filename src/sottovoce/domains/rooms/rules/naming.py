"""What a room calls itself, and which rooms it holds."""

import re
from collections.abc import Iterable, Mapping

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import is_room_id

from ..model import TimelineEvent

_ORDER = re.compile(r"[\x20-\x7E]{1,50}")


def new_aliases(content: Mapping[str, object], former: Event | None) -> list[object]:
    """What a canonical alias event names that the one before it did not, well formed or not.

    Spec: client-server, m.room.canonical_alias.
    """
    known = [] if former is None else _aliases(former.content)
    return [alias for alias in _aliases(content) if alias not in known]


def without_alias(content: Mapping[str, object], alias: str) -> dict[str, object] | None:
    """What a canonical alias event says once this alias leads nowhere; None if it did not name it."""
    others = content.get("alt_aliases")
    alternatives = others if isinstance(others, list) else []
    if content.get("alias") != alias and alias not in alternatives:
        return None
    kept = {name: value for name, value in content.items() if name != "alias" or value != alias}
    if alias in alternatives:
        kept["alt_aliases"] = [other for other in alternatives if other != alias]
    return kept


def _aliases(content: Mapping[str, object]) -> list[object]:
    alias, others = content.get("alias"), content.get("alt_aliases", [])
    return [*([alias] if alias not in (None, "") else []), *(others if isinstance(others, list) else [None])]


def space_children(events: Iterable[TimelineEvent], suggested_only: bool) -> list[TimelineEvent]:
    """The events among these by which a space names the rooms in it, in the order in which they are shown.

    Spec: client-server, Spaces, Ordering of children within a space.
    """
    return sorted((placed for placed in events if _is_child(placed.event, suggested_only)), key=_child_order)


def _is_child(event: Event, suggested_only: bool) -> bool:
    via = event.content.get("via")
    is_valid = isinstance(via, list) and bool(via) and is_room_id(event.state_key)
    return is_valid and (not suggested_only or event.content.get("suggested") is True)


def _child_order(placed: TimelineEvent) -> tuple[bool, str, int, str]:
    event = placed.event
    order = event.content.get("order")
    is_ordered = isinstance(order, str) and _ORDER.fullmatch(order) is not None
    return not is_ordered, str(order) if is_ordered else "", event.origin_server_ts, event.state_key or ""
