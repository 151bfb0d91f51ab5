"""The rows of addresses outside Matrix, and of their validations."""

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import EmailValidation, ThirdPartyId
from .rows import Rows

_FIND_OWNER = Query("SELECT user_id FROM third_party_ids WHERE medium = $1 AND address = $2")
_LIST = Query(
    "SELECT medium, address, validated_at_ms, added_at_ms FROM third_party_ids WHERE user_id = $1"
    " ORDER BY added_at_ms, medium, address"
)
_ADD = Statement(
    "third_party_ids",
    "INSERT INTO third_party_ids (user_id, medium, address, validated_at_ms, added_at_ms) VALUES ($1, $2, $3, $4, $5)",
)
_REMOVE = Statement(
    "third_party_ids", "DELETE FROM third_party_ids WHERE user_id = $1 AND medium = $2 AND address = $3"
)
_REMOVE_ALL = Statement("third_party_ids", "DELETE FROM third_party_ids WHERE user_id = $1")

_COLUMNS = (
    "SELECT sid, purpose, address, secret_hash, token_hash, send_attempt, next_link, expires_at_ms, validated_at_ms"
    " FROM email_validations"
)
_FIND_VALIDATION = Query(f"{_COLUMNS} WHERE sid = $1")
_FIND_SAME = Query(f"{_COLUMNS} WHERE address = $2 AND purpose = $1 AND secret_hash = $3")
_SET_VALIDATION = Statement(
    "email_validations",
    "INSERT INTO email_validations"
    " (sid, purpose, address, secret_hash, token_hash, send_attempt, next_link, expires_at_ms, validated_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (sid) DO UPDATE SET token_hash = excluded.token_hash,"
    " send_attempt = excluded.send_attempt, next_link = excluded.next_link, expires_at_ms = excluded.expires_at_ms,"
    " validated_at_ms = excluded.validated_at_ms",
)
_REMOVE_VALIDATION = Statement("email_validations", "DELETE FROM email_validations WHERE sid = $1")
_REMOVE_BEFORE = Statement("email_validations", "DELETE FROM email_validations WHERE expires_at_ms < $1")


class ContactRows(Rows):
    """Implements ports.ContactStore."""

    async def find_owner(self, medium: str, address: str) -> UserId | None:
        row = await self._database.one(_FIND_OWNER, medium, address)
        return None if row is None else UserId(row[0])

    async def list_third_party_ids(self, user_id: UserId) -> list[ThirdPartyId]:
        return [ThirdPartyId(*row) for row in await self._database.all(_LIST, user_id)]

    def add_third_party_id(self, batch: Batch, user_id: UserId, contact: ThirdPartyId) -> None:
        batch.write(_ADD, user_id, *contact)

    def remove_third_party_id(self, batch: Batch, user_id: UserId, medium: str, address: str) -> None:
        batch.write(_REMOVE, user_id, medium, address)

    def remove_third_party_ids(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE_ALL, user_id)

    async def find_validation(self, sid: str) -> EmailValidation | None:
        row = await self._database.one(_FIND_VALIDATION, sid)
        return None if row is None else _validation(row)

    async def find_same_validation(self, purpose: int, address: str, secret_hash: bytes) -> EmailValidation | None:
        row = await self._database.one(_FIND_SAME, purpose, address, secret_hash)
        return None if row is None else _validation(row)

    def set_validation(self, batch: Batch, validation: EmailValidation) -> None:
        batch.write(_SET_VALIDATION, *validation)

    def remove_validation(self, batch: Batch, sid: str) -> None:
        batch.write(_REMOVE_VALIDATION, sid)

    def remove_validations_before(self, batch: Batch, expired_at_ms: int) -> None:
        batch.write(_REMOVE_BEFORE, expired_at_ms)


def _validation(row: tuple[object, ...]) -> EmailValidation:
    return EmailValidation(*row)  # type: ignore[arg-type]
