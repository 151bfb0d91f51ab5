"""The rows of push."""

from .push_rules import PushRuleRows
from .pushers import PusherRows

__all__ = ["PushRuleRows", "PusherRows"]
