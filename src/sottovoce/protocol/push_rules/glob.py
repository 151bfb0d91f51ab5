"""Glob-style patterns, `*` and `?`, matched without regard to case.

A pattern is cut at its stars and the pieces are looked for one after the other, each as early as it can be: that is
enough, and no pattern can make it slow, as a translation into one regular expression could.
Spec: appendices, Glob-style matching; client-server, Conditions.
"""

import re
import string
from typing import Self

_WORD = frozenset(string.ascii_letters + string.digits + "_")


class _Piece:
    """What stands between two stars."""

    __slots__ = ("_text", "_wild", "size")

    def __init__(self, text: str, *, is_literal: bool = False) -> None:
        self.size = len(text)
        self._text = text
        self._wild: re.Pattern[str] | None = None
        if "?" in text and not is_literal:
            self._wild = re.compile("".join("." if each == "?" else re.escape(each) for each in text), re.DOTALL)

    def find(self, text: str, start: int) -> int:
        """Where it stands first from `start` on; -1: nowhere."""
        if self._wild is None:
            return text.find(self._text, start)
        found = self._wild.search(text, start)
        return -1 if found is None else found.start()

    def is_at(self, text: str, start: int) -> bool:
        if self._wild is None:
            return text.startswith(self._text, start)
        return self._wild.match(text, start) is not None


class Glob:
    """A pattern, ready to be matched."""

    __slots__ = ("_first", "_last", "_middle")

    def __init__(self, pattern: str) -> None:
        first, *rest = (_Piece(text) for text in pattern.lower().split("*"))
        self._first = first
        self._middle = rest[:-1]
        self._last = rest[-1] if rest else None

    @classmethod
    def literal(cls, text: str) -> Self:
        """A pattern in which no character means anything but itself."""
        glob = cls("")
        glob._first = _Piece(text.lower(), is_literal=True)
        return glob

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        text = text.lower()
        if not self._first.is_at(text, 0):
            return False
        if self._last is None:
            return self._first.size == len(text)
        end = self._after_middle(text, self._first.size)
        start = len(text) - self._last.size
        return end is not None and start >= end and self._last.is_at(text, start)

    def is_among_words(self, text: str) -> bool:
        """Whether a part of the text that starts and ends at a word boundary matches.

        A boundary is an end of the text, or any character that is no ASCII letter, digit or underscore.
        """
        text = text.lower()
        start = self._first.find(text, 0)
        while start >= 0:
            end = start + self._first.size
            if _is_boundary(text, start) and (self._last is not None or _is_boundary(text, end)):
                return self._last is None or self._ends_later(text, end)
            start = self._first.find(text, start + 1) if start < len(text) else -1
        return False

    def _ends_later(self, text: str, start: int) -> bool:
        assert self._last is not None
        after = self._after_middle(text, start)
        found = -1 if after is None else self._last.find(text, after)
        while found >= 0:
            if _is_boundary(text, found + self._last.size):
                return True
            found = self._last.find(text, found + 1) if found < len(text) else -1
        return False

    def _after_middle(self, text: str, start: int) -> int | None:
        for piece in self._middle:
            found = piece.find(text, start)
            if found < 0:
                return None
            start = found + piece.size
        return start


def _is_boundary(text: str, place: int) -> bool:
    """Whether a word cannot go on across this place, which is before the character of that number."""
    return place in (0, len(text)) or text[place - 1] not in _WORD or text[place] not in _WORD
