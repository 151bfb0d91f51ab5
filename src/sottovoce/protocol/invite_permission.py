"""Whose invitations somebody wants. Spec: client-server, Invite permission; proposal 4155, Invite filtering."""

import re
from collections.abc import Mapping
from enum import Enum

from sottovoce.protocol.globs import glob_matches
from sottovoce.protocol.ids import MAX_ID_BYTES, UserId, server_of

MAX_RULES = 1_000
"""How many patterns of one list are read; what stands behind them is as if it were not there."""


class Verdict(Enum):
    """What becomes of an invitation: shown, accepted but never shown, or refused."""

    ALLOW = "allow"
    IGNORE = "ignore"
    BLOCK = "block"


_PORT = re.compile(r":[0-9]+$")
_ORDER = (
    ("allowed_users", Verdict.ALLOW),
    ("ignored_users", Verdict.IGNORE),
    ("blocked_users", Verdict.BLOCK),
    ("allowed_servers", Verdict.ALLOW),
    ("ignored_servers", Verdict.IGNORE),
    ("blocked_servers", Verdict.BLOCK),
)


def verdict_of_permission(config: Mapping[str, object]) -> Verdict:
    """What `m.invite_permission_config` says of every invitation. Spec: client-server, Invite permission."""
    return Verdict.BLOCK if config.get("default_action") == "block" else Verdict.ALLOW


def verdict_of_filter(config: Mapping[str, object], inviter: UserId) -> Verdict:
    """What the lists of proposal 4155 say of an invitation by this person: the first list that names them decides."""
    if config.get("enabled") is False:
        return Verdict.ALLOW
    server = _PORT.sub("", server_of(inviter))
    for name, verdict in _ORDER:
        if _names(config.get(name), inviter if name.endswith("_users") else server):
            return verdict
    return Verdict.ALLOW


def _names(patterns: object, text: str) -> bool:
    if not isinstance(patterns, list):
        return False
    short = (pattern for pattern in patterns[:MAX_RULES] if isinstance(pattern, str) and len(pattern) <= MAX_ID_BYTES)
    return any(glob_matches(pattern, text) for pattern in short)
