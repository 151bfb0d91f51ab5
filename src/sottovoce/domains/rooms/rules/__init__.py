"""Pure rules of rooms."""

from .access import admitting_rooms, authoriser, check_server_acl
from .events import (
    AGGREGATED,
    MAX_ANSWERED_EVENTS,
    family,
    for_app_service,
    heroes,
    in_federation,
    in_sync,
    is_content_equal,
    is_redacted,
    last_per_key,
    newest_edits,
    relations_fragment,
    rolled_back,
    unsigned_fragment,
    with_room_id,
)
from .naming import new_aliases, space_children, without_alias
from .upgrades import following_join_rule, highest_level, quiet_levels, starting_levels, successor_levels

__all__ = [
    "AGGREGATED",
    "MAX_ANSWERED_EVENTS",
    "admitting_rooms",
    "authoriser",
    "check_server_acl",
    "family",
    "following_join_rule",
    "for_app_service",
    "heroes",
    "highest_level",
    "in_federation",
    "in_sync",
    "is_content_equal",
    "is_redacted",
    "last_per_key",
    "new_aliases",
    "newest_edits",
    "quiet_levels",
    "relations_fragment",
    "rolled_back",
    "space_children",
    "starting_levels",
    "successor_levels",
    "unsigned_fragment",
    "with_room_id",
    "without_alias",
]
