"""Push rules, the counts of what is unread by them, and the pushers that are told."""

from .badges import Badges
from .counts import UnreadCounts
from .notifications import Notifications
from .notifying import Notifying
from .push_rules import PushRules
from .pushers import Pushers

__all__ = ["Badges", "Notifications", "Notifying", "PushRules", "Pushers", "UnreadCounts"]
