"""Which events a room allows. Spec: room version pages, Authorisation rules.

Rule numbers are those of version 12's page, in the margin and in refusals; a refusal in an older version carries
that page's number (`RoomVersion.rule_numbers`). State is a map from (type, state key) to event.
"""

from sottovoce.protocol.auth_rules.check import check
from sottovoce.protocol.auth_rules.selection import check_auth_events, needed_for
from sottovoce.protocol.auth_rules.view import StateMap

__all__ = ["StateMap", "check", "check_auth_events", "needed_for"]
