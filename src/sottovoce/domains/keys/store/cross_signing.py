"""The rows of cross-signing keys and signatures."""

from collections.abc import Iterable

import msgspec

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import Signature, SigningKey, Target

_LIST = Query(
    "SELECT user_id, usage, public_key, content FROM cross_signing_keys WHERE user_id IN {list:$1:text} ORDER BY usage"
)
_SET = Statement(
    "cross_signing_keys",
    "INSERT INTO cross_signing_keys (user_id, usage, public_key, content) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (user_id, usage) DO UPDATE SET public_key = excluded.public_key, content = excluded.content",
)
_REMOVE = Statement("cross_signing_keys", "DELETE FROM cross_signing_keys WHERE user_id = $1 AND usage = $2")

_REMOVE_ALL = Statement("cross_signing_keys", "DELETE FROM cross_signing_keys WHERE user_id = $1")
_REMOVE_ALL_SIGNATURES = Statement("key_signatures", "DELETE FROM key_signatures WHERE user_id = $1 OR signer_id = $1")
_REMOVE_ALL_SIGNED = Statement("signed_people", "DELETE FROM signed_people WHERE signer_id = $1 OR user_id = $1")

_LIST_SIGNATURES = Query(
    "SELECT user_id, signed_id, signer_id, key_id, signature FROM key_signatures"
    " WHERE user_id IN {list:$1:text} AND (signer_id = user_id OR signer_id = $2)"
)
_SET_SIGNATURE = Statement(
    "key_signatures",
    "INSERT INTO key_signatures (user_id, signed_id, signer_id, key_id, signature) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (user_id, signed_id, signer_id, key_id) DO UPDATE SET signature = excluded.signature",
)
_REMOVE_SAID_OF = Statement("key_signatures", "DELETE FROM key_signatures WHERE user_id = $1 AND signed_id = $2")
_REMOVE_SAID_BY = Statement("key_signatures", "DELETE FROM key_signatures WHERE signer_id = $1 AND key_id = $2")

_SIGNED_AFTER = Query("SELECT user_id FROM signed_people WHERE signer_id = $1 AND position > $2")
_SET_SIGNED = Statement(
    "signed_people",
    "INSERT INTO signed_people (signer_id, user_id, position) VALUES ($1, $2, $3)"
    " ON CONFLICT (signer_id, user_id) DO UPDATE SET position = excluded.position",
)

_decode = msgspec.json.Decoder(dict[str, object]).decode
_encode = msgspec.json.Encoder().encode


class SigningRows:
    """Implements ports.SigningStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_signing_keys(self, user_id: UserId) -> dict[str, SigningKey]:
        return {key.usage: key for key in (await self.list_signing_keys([user_id])).get(user_id, ())}

    async def list_signing_keys(self, user_ids: Iterable[UserId]) -> dict[UserId, list[SigningKey]]:
        keys: dict[UserId, list[SigningKey]] = {}
        for user_id, usage, public_key, content in await self._database.all(_LIST, list(user_ids)):
            keys.setdefault(user_id, []).append(SigningKey(usage, public_key, _decode(content)))
        return keys

    async def list_signatures(self, user_ids: Iterable[UserId], asker: UserId) -> list[Signature]:
        return [Signature(*row) for row in await self._database.all(_LIST_SIGNATURES, list(user_ids), asker)]

    def set_signing_key(self, batch: Batch, user_id: UserId, key: SigningKey) -> None:
        batch.write(_SET, user_id, key.usage, key.public_key, _encode(key.content))

    def remove_signing_key(self, batch: Batch, user_id: UserId, key: SigningKey) -> None:
        batch.write(_REMOVE, user_id, key.usage)
        batch.write(_REMOVE_SAID_OF, user_id, key.public_key)
        batch.write(_REMOVE_SAID_BY, user_id, key.key_id)

    def forget_user(self, batch: Batch, user_id: UserId) -> None:
        for statement in (_REMOVE_ALL, _REMOVE_ALL_SIGNATURES, _REMOVE_ALL_SIGNED):
            batch.write(statement, user_id)

    def set_signature(self, batch: Batch, signature: Signature) -> None:
        batch.write(_SET_SIGNATURE, *signature)

    def remove_signatures(self, batch: Batch, device: Target) -> None:
        batch.write(_REMOVE_SAID_OF, *device)
        batch.write(_REMOVE_SAID_BY, device.user_id, f"ed25519:{device.device_id}")

    def set_signed(self, batch: Batch, signer_id: UserId, user_id: UserId, position: int) -> None:
        batch.write(_SET_SIGNED, signer_id, user_id, position)

    async def signed_after(self, signer_id: UserId, position: int) -> list[UserId]:
        return [row[0] for row in await self._database.all(_SIGNED_AFTER, signer_id, position)]
