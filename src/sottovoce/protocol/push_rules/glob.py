"""Glob-style patterns, `*` and `?`, matched without regard to case.

A pattern is cut at its stars and the pieces are looked for one after the other, each as early as it can be: that is
enough, and no pattern can make it slow, as a translation into one regular expression could.
Spec: appendices, Glob-style matching; client-server, Conditions.
"""

import re
from typing import Self

_EDGE = "(?:(?<![a-z0-9_])|(?![a-z0-9_]))"
"""A place in a text, in lower case, across which a word cannot go on."""


class _Piece:
    """What stands between two stars."""

    __slots__ = ("_spelled", "_text", "_wild", "size")

    def __init__(self, text: str, *, is_literal: bool = False) -> None:
        self.size = len(text)
        self._text = text
        is_wild = "?" in text and not is_literal
        self._spelled = "".join("." if is_wild and each == "?" else re.escape(each) for each in text)
        self._wild = re.compile(self._spelled, re.DOTALL) if is_wild else None

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

    def with_edges(self, *, before: bool, after: bool) -> re.Pattern[str]:
        """The piece where words begin before it, end after it, or both. Nothing in it repeats, so it is quick."""
        return re.compile(f"{_EDGE if before else ''}{self._spelled}{_EDGE if after else ''}", re.DOTALL)


_Edged = tuple[re.Pattern[str], re.Pattern[str] | None]
"""What a match among words begins with, and what it ends with, if that is another piece."""


class Glob:
    """A pattern, ready to be matched."""

    __slots__ = ("_edged", "_first", "_last", "_middle")

    def __init__(self, pattern: str) -> None:
        first, *rest = (_Piece(text) for text in pattern.lower().split("*"))
        self._first = first
        self._middle = rest[:-1]
        self._last = rest[-1] if rest else None
        self._edged: _Edged | None = None

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
        begun, ended = self._edged or self._with_edges()
        found = begun.search(text)
        if found is None or ended is None:
            return found is not None
        after = self._after_middle(text, found.end())
        return after is not None and ended.search(text, after) is not None

    def _with_edges(self) -> _Edged:
        last = self._last
        begun = self._first.with_edges(before=True, after=last is None)
        self._edged = (begun, None if last is None else last.with_edges(before=False, after=True))
        return self._edged

    def _after_middle(self, text: str, start: int) -> int | None:
        for piece in self._middle:
            found = piece.find(text, start)
            if found < 0:
                return None
            start = found + piece.size
        return start
