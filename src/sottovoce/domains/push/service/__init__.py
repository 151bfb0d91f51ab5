"""The counts of what is unread."""

from .counts import UnreadCounts

__all__ = ["UnreadCounts"]
