"""Refusals with the rule number of the room's own version."""

from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.room_versions import RoomVersion


def refuse(version: RoomVersion, rule: str, why: str) -> Refusal:
    """A refusal by a rule of version 12's page, numbered as on the page of the given version."""
    prefix, rest = rule, ""
    while prefix:
        if prefix in version.rule_numbers:
            return Refusal(version.rule_numbers[prefix] + rest, why)
        prefix, dot, last = prefix.rpartition(".")
        rest = dot + last + rest
    return Refusal(rule, why)
