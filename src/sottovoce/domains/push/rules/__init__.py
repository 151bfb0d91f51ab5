"""Pure rules of push."""

from .ruleset import (
    checked_actions,
    find_rule,
    merged,
    scope_of,
    shown,
    with_actions,
    with_enabled,
    with_rule,
    without_rule,
)
from .tally import Tally, counted_afresh

__all__ = [
    "Tally",
    "checked_actions",
    "counted_afresh",
    "find_rule",
    "merged",
    "scope_of",
    "shown",
    "with_actions",
    "with_enabled",
    "with_rule",
    "without_rule",
]
