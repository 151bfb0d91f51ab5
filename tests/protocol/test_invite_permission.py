"""Whose invitations somebody wants."""

import pytest

from sottovoce.protocol.ids import UserId
from sottovoce.protocol.invite_permission import MAX_RULES, Verdict, verdict_of_filter, verdict_of_permission

INVITER = UserId("@bob:evil.example:8448")


@pytest.mark.parametrize(
    ("config", "verdict"),
    [
        ({}, Verdict.ALLOW),
        ({"default_action": "block"}, Verdict.BLOCK),
        ({"default_action": "allow"}, Verdict.ALLOW),
        ({"default_action": ["block"]}, Verdict.ALLOW),
    ],
)
def test_every_invitation_is_blocked_or_none(config: dict[str, object], verdict: Verdict) -> None:
    assert verdict_of_permission(config) is verdict


@pytest.mark.parametrize(
    ("config", "verdict"),
    [
        ({}, Verdict.ALLOW),
        ({"blocked_users": ["@bob:*"]}, Verdict.BLOCK),
        ({"blocked_users": ["@bob:*"], "enabled": False}, Verdict.ALLOW),
        ({"ignored_users": ["@b?b:evil.example:8448"], "blocked_users": ["*"]}, Verdict.IGNORE),
        ({"allowed_users": ["*:evil.example:8448"], "blocked_servers": ["*"]}, Verdict.ALLOW),
        ({"blocked_servers": ["*.example"]}, Verdict.BLOCK),
        ({"ignored_servers": ["evil.example"], "blocked_servers": ["*"]}, Verdict.IGNORE),
        ({"allowed_servers": ["evil.example"], "ignored_servers": ["*"]}, Verdict.ALLOW),
        ({"blocked_servers": "*", "blocked_users": [7, None]}, Verdict.ALLOW),
        ({"blocked_users": ["@nobody:x"] * MAX_RULES + ["*"]}, Verdict.ALLOW),
        ({"blocked_users": ["*" * 300]}, Verdict.ALLOW),
    ],
)
def test_the_first_list_that_names_the_inviter_decides(config: dict[str, object], verdict: Verdict) -> None:
    assert verdict_of_filter(config, INVITER) is verdict


def test_a_server_is_named_without_its_port_or_as_it_is() -> None:
    assert verdict_of_filter({"blocked_servers": ["good.example"]}, UserId("@bob:good.example")) is Verdict.BLOCK
