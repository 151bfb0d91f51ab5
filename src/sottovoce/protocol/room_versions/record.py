"""The shape of a room version: every point where versions differ has a field here."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RedactionRules:
    """What survives redaction: keys of the event, and per event type keys of its content (None: all of them)."""

    event_keys: frozenset[str]
    content_keys: Mapping[str, frozenset[str] | None]
    keeps_third_party_signature: bool


@dataclass(frozen=True, slots=True)
class RoomVersion:
    """One room version. Two versions that behave alike at some point share the value of its flag."""

    name: str
    redaction: RedactionRules
    # m.room.create names the creator in its content, and authorization reads it there
    create_names_creator: bool
    # m.room.redaction keeps its target in content, not beside it
    redacts_in_content: bool
    # the room id is the create event's hash; the create event carries none and is never among auth_events
    room_id_is_create_hash: bool
    # the create event's sender and additional_creators stand above every power level
    creators_outrank_everyone: bool
    # rule numbers on this version's page where they differ from version 12's (longest prefix wins)
    rule_numbers: Mapping[str, str]
