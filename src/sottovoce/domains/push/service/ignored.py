"""Whom people ignore: what those send never asks for attention. Spec: client-server, Ignoring Users."""

from collections import OrderedDict

import msgspec

from sottovoce.domains.accounts.model import AccountDataNotFound
from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.protocol.ids import UserId

from ..ports import AccountDataReader

KNOWN_PEOPLE_MAX = 20_000
_NOBODY: frozenset[str] = frozenset()


class _List(msgspec.Struct):
    ignored_users: dict[str, object] = {}


_decode = msgspec.json.Decoder(_List).decode


class IgnoredUsers:
    """The lists people keep, as far as they are needed."""

    def __init__(self, account_data: AccountDataReader, changes: Changes) -> None:
        self._account_data = account_data
        self._known: OrderedDict[UserId, frozenset[str]] = OrderedDict()
        self._times_changed = 0
        changes.follow("account_data", self._changed)

    async def of(self, user_id: UserId) -> frozenset[str]:
        """Whom this person ignores; the same object until the list may have changed."""
        ignored = self._known.get(user_id)
        while ignored is None:
            times_changed = self._times_changed
            found = await self._read(user_id)
            if times_changed == self._times_changed:
                ignored = self._known[user_id] = found or _NOBODY
                if len(self._known) > KNOWN_PEOPLE_MAX:
                    self._known.popitem(last=False)
        return ignored

    def _changed(self, change: Change) -> None:
        if change.room_id is None:
            self._times_changed += 1
            for user_id in change.audience:
                self._known.pop(user_id, None)

    async def _read(self, user_id: UserId) -> frozenset[str]:
        try:
            return frozenset(_decode(await self._account_data.find(user_id, None, "m.ignored_user_list")).ignored_users)
        except (AccountDataNotFound, msgspec.DecodeError):
            return _NOBODY
