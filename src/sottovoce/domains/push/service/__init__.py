"""Push rules, and the counts of what is unread by them."""

from .counts import UnreadCounts
from .ignored import IgnoredUsers
from .push_rules import PushRules

__all__ = ["IgnoredUsers", "PushRules", "UnreadCounts"]
