"""Push rules: which events deserve whose attention. Spec: client-server, Push Notifications."""

from .conditions import Circumstances, why_not_a_condition
from .notices import Notice, Notices, default_notice, default_notices
from .predefined import PREDEFINED
from .ruleset import KINDS, MASTER, Matcher, Rule, Ruleset, notice_of, shown_to, tweaks_of

__all__ = [
    "KINDS",
    "MASTER",
    "PREDEFINED",
    "Circumstances",
    "Matcher",
    "Notice",
    "Notices",
    "Rule",
    "Ruleset",
    "default_notice",
    "default_notices",
    "notice_of",
    "shown_to",
    "tweaks_of",
    "why_not_a_condition",
]
