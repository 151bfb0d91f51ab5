"""Filters that clients store, to name them later in a /sync."""

import base64
import hashlib
from collections.abc import Callable

from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.filters import Filter, parse_filter
from sottovoce.protocol.ids import UserId

from ..model import FilterNotFound, UserLimitExceeded
from ..ports import AccountDataStore
from ..rules import MAX_FILTERS

FILTER_ID_LENGTH = 20
MAX_KNOWN_FILTERS = 2_000


class Filters:
    """A filter's id is drawn from its text: the same one stored twice is one. Spec: client-server, Filtering."""

    def __init__(self, database: Database, store: AccountDataStore, info_uri: Callable[[], str]) -> None:
        self._database = database
        self._store = store
        self._info_uri = info_uri
        self._known: dict[tuple[UserId, str], Filter] = {}

    async def add(self, user_id: UserId, definition: bytes) -> str:
        """The id under which the filter is stored. definition: JSON.

        Raises Malformed if it is no filter, UserLimitExceeded.
        """
        parse_filter(definition)
        digest = hashlib.sha256(definition).digest()
        filter_id = base64.urlsafe_b64encode(digest).decode()[:FILTER_ID_LENGTH]
        if await self._store.find_filter(user_id, filter_id) is None:
            if await self._store.count_filters(user_id) >= MAX_FILTERS:
                raise UserLimitExceeded(f"An account keeps at most {MAX_FILTERS} filters", self._info_uri())
            batch = Batch()
            self._store.add_filter(batch, user_id, filter_id, definition)
            await self._database.commit(batch)
        return filter_id

    async def definition(self, user_id: UserId, filter_id: str) -> bytes:
        """The filter as it was stored. Raises FilterNotFound."""
        definition = await self._store.find_filter(user_id, filter_id)
        if definition is None:
            raise FilterNotFound("There is no such filter")
        return definition

    async def find(self, user_id: UserId, filter_id: str) -> Filter:
        """The filter, ready to be used. Raises FilterNotFound."""
        known = self._known.get((user_id, filter_id))
        if known is None:
            known = parse_filter(await self.definition(user_id, filter_id))
            if len(self._known) >= MAX_KNOWN_FILTERS:
                del self._known[next(iter(self._known))]
            self._known[user_id, filter_id] = known
        return known
