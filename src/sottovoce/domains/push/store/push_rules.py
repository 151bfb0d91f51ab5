"""The rows of people's own push rules."""

import msgspec

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import OwnRules, StoredRules

_FIND = Query("SELECT own, position FROM push_rules WHERE user_id = $1")
_SET = Statement(
    "push_rules",
    "INSERT INTO push_rules (user_id, own, position) VALUES ($1, $2, $3)"
    " ON CONFLICT (user_id) DO UPDATE SET own = excluded.own, position = excluded.position",
)
_REMOVE = Statement("push_rules", "DELETE FROM push_rules WHERE user_id = $1")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(OwnRules).decode


class PushRuleRows:
    """Implements ports.PushRuleStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_rules(self, user_id: UserId) -> StoredRules | None:
        row = await self._database.one(_FIND, user_id)
        return None if row is None else StoredRules(_decode(row[0]), row[1])

    def set_rules(self, batch: Batch, user_id: UserId, stored: StoredRules) -> None:
        batch.write(_SET, user_id, _encode(stored.own), stored.position)

    def remove_rules(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE, user_id)
