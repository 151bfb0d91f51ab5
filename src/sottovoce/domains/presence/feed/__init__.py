"""Presence and typing in /sync."""

from .presence import PresenceFeed
from .typing import TypingFeed

__all__ = ["PresenceFeed", "TypingFeed"]
