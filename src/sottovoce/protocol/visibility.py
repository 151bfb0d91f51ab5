"""Who may read which part of a room's past. Spec: client-server, Room History Visibility."""

from typing import NamedTuple


class Moment(NamedTuple):
    """The room around an event, as far as one reader is concerned.

    history_visibility: as its state event says, None if there is none.
    membership: the reader's, "leave" if they were never there.
    """

    history_visibility: str | None
    membership: str


def may_see_event(before: Moment, after: Moment, *, joined_later: bool) -> bool:
    """Whether the reader may see an event, given the state before and after it.

    The two differ only for the reader's own membership and for changes of visibility itself, which are seen if either
    side allows. joined_later: the reader joined at some point after the event.
    Spec: client-server, Room History Visibility, Server behaviour.
    """
    return may_see_at(before, joined_later=joined_later) or (
        after != before and may_see_at(after, joined_later=joined_later)
    )


def may_see_at(moment: Moment, *, joined_later: bool) -> bool:
    """Whether the reader may see what happened at this moment. Spec: the same section, rules 1 to 5."""
    visibility = moment.history_visibility
    if visibility == "world_readable":  # 1
        return True
    if moment.membership == "join":  # 2
        return True
    if visibility == "invited":  # 4
        return moment.membership == "invite"
    if visibility == "joined":  # 5
        return False
    return joined_later  # 3: "shared", and what is not understood counts as shared
