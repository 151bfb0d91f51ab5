"""The two things of presence: being there, and typing."""

from .presence import Presence
from .sweep import sweep_for_ever
from .typing import Typing

__all__ = ["Presence", "Typing", "sweep_for_ever"]
