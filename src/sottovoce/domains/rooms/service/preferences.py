"""What people asked not to see: whom they ignore, whose invitations they do not want.

Spec: client-server, Ignoring Users; Invite permission.
"""

from collections import OrderedDict

import msgspec

from sottovoce.domains.accounts.model import AccountDataNotFound
from sottovoce.domains.changes.model import Change
from sottovoce.protocol.ids import UserId, is_user_id
from sottovoce.protocol.invite_permission import Verdict, verdict_of_filter, verdict_of_permission

from ..ports import Kept

IGNORED = "m.ignored_user_list"
PERMISSION = "m.invite_permission_config"
FILTER = "org.matrix.msc4155.invite_permission_config"

MAX_KNOWN_PEOPLE = 50_000
MAX_KNOWN_IGNORED = 200_000
"""How many ignored people are kept in memory, of all lists together."""
MAX_IGNORED_PEOPLE = 5_000
"""Per list; who stands behind them is not ignored."""

_NOBODY: frozenset[UserId] = frozenset()
_decode = msgspec.json.Decoder(dict[str, object]).decode


class Preferences:
    """Reads them where the accounts keep them; lists of ignored people stay in memory within bounds."""

    def __init__(self, kept: Kept, server_user: UserId | None) -> None:
        self._kept = kept
        self._server_user = server_user
        self._ignored: OrderedDict[UserId, frozenset[UserId]] = OrderedDict()
        self._size = 0
        self._times_changed = 0

    async def ignored_by(self, user_id: UserId) -> frozenset[UserId]:
        """Those whose messages and invitations the person does not want to see."""
        known = self._ignored.get(user_id)
        if known is not None:
            return known
        times_changed = self._times_changed
        ignored = _ignored_in(await self._object(user_id, IGNORED))
        if times_changed == self._times_changed:
            self._remember(user_id, ignored)
        return ignored

    def changed(self, change: Change) -> None:
        """What was kept for these people may be another list now. Follows the stream of account data."""
        if change.room_id is None:
            self._times_changed += 1
            for user_id in change.audience:
                self._size -= len(self._ignored.pop(user_id, _NOBODY))

    async def verdict(self, invitee: UserId, inviter: UserId) -> Verdict:
        """What becomes of an invitation; the server's own are always let through.

        Spec: client-server, Invite permission; proposal 4155.
        """
        if inviter == self._server_user:
            return Verdict.ALLOW
        verdict = verdict_of_permission(await self._object(invitee, PERMISSION))
        if verdict is Verdict.ALLOW:
            verdict = verdict_of_filter(await self._object(invitee, FILTER), inviter)
        if verdict is Verdict.ALLOW and inviter in await self.ignored_by(invitee):
            return Verdict.IGNORE
        return verdict

    async def _object(self, user_id: UserId, data_type: str) -> dict[str, object]:
        try:
            return _decode(await self._kept.find(user_id, None, data_type))
        except AccountDataNotFound:
            return {}

    def _remember(self, user_id: UserId, ignored: frozenset[UserId]) -> None:
        self._size += len(ignored) - len(self._ignored.pop(user_id, _NOBODY))
        self._ignored[user_id] = ignored
        while len(self._ignored) > MAX_KNOWN_PEOPLE or self._size > MAX_KNOWN_IGNORED:
            _, forgotten = self._ignored.popitem(last=False)
            self._size -= len(forgotten)


def _ignored_in(content: dict[str, object]) -> frozenset[UserId]:
    users = content.get("ignored_users")
    if not isinstance(users, dict) or not users:
        return _NOBODY
    return frozenset(UserId(user) for user in list(users)[:MAX_IGNORED_PEOPLE] if is_user_id(user))
