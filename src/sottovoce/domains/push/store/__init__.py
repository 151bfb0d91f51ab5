"""The rows of push."""

from .push_rules import PushRuleRows

__all__ = ["PushRuleRows"]
