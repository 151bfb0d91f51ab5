"""Filters that come in a query string."""

from sottovoce.http.query import QueryArgs
from sottovoce.http.refused import invalid_param
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.filters import RoomEventFilter, parse_room_event_filter

_EVERYTHING = RoomEventFilter()


def room_event_filter(query: QueryArgs) -> RoomEventFilter:
    """The argument `filter`; everything matches if it is absent. Raises Refused (M_INVALID_PARAM)."""
    text = query.text("filter")
    if not text:
        return _EVERYTHING
    try:
        return parse_room_event_filter(text)
    except Malformed as error:
        raise invalid_param("filter", error.why) from None
