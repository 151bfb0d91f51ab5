"""Addresses outside Matrix that belong to accounts."""

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database, WriteConflict
from sottovoce.protocol.ids import UserId

from ..model import AddressInUse, AddressNotProven, EmailValidation, ThirdPartyId, ValidationPurpose
from ..ports import ContactStore
from .email_validations import EMAIL, EmailValidations


class Contacts:
    """The e-mail addresses of accounts. Spec: client-server, Adding Account Administrative Contact Information."""

    def __init__(self, database: Database, store: ContactStore, validations: EmailValidations, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._validations = validations
        self._clock = clock

    async def of(self, user_id: UserId) -> list[ThirdPartyId]:
        """The addresses of the account, in the order in which they were added."""
        return await self._store.list_third_party_ids(user_id)

    async def check_proven(self, sid: str, client_secret: str) -> EmailValidation:
        """The validation of an address to be added. Raises AddressNotProven."""
        validation = await self._validations.proven(ValidationPurpose.ADD, sid, client_secret)
        if validation is None:
            raise AddressNotProven("The link that was sent to this address has not been opened")
        return validation

    async def add(self, user_id: UserId, validation: EmailValidation) -> None:
        """The address is the account's. Raises AddressInUse."""
        batch = Batch()
        self.write(batch, user_id, validation)
        try:
            await self._database.commit(batch)
        except WriteConflict as cause:
            raise AddressInUse("An account has this address already") from cause

    def write(self, batch: Batch, user_id: UserId, validation: EmailValidation) -> None:
        """With the batch the address is the account's; it fails with WriteConflict if another has it."""
        validated_at_ms, now_ms = validation.validated_at_ms, self._clock.now_ms()
        assert validated_at_ms is not None, "only what was validated is added"
        self._store.add_third_party_id(batch, user_id, ThirdPartyId(EMAIL, validation.address, validated_at_ms, now_ms))
        self._validations.use(batch, validation)

    async def remove(self, user_id: UserId, medium: str, address: str) -> None:
        """The address is not the account's."""
        batch = Batch()
        self._store.remove_third_party_id(batch, user_id, medium, address.casefold())
        await self._database.commit(batch)
