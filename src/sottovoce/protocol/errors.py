"""The two ways the protocol core says no: bytes that are wrong, and an act that is not allowed."""

from dataclasses import dataclass


class Malformed(Exception):
    """What a peer sent does not have the form the spec asks for."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooLarge(Malformed):
    """What a peer sent is larger than the spec lets it be."""


class BadIdentifier(Malformed):
    """What a peer sent as an identifier does not have the grammar of its kind."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An authorization rule said no. `rule` is its number on the page of the room's version, such as "5.3.2"."""

    rule: str
    why: str
