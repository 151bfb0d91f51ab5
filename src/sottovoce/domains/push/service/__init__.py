"""Push rules, the counts of what is unread by them, and the pushers that are told."""

from .badges import Badges
from .counts import UnreadCounts
from .ignored import IgnoredUsers
from .notifying import Notifying
from .push_rules import PushRules
from .pushers import Pushers

__all__ = ["Badges", "IgnoredUsers", "Notifying", "PushRules", "Pushers", "UnreadCounts"]
