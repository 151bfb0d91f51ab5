"""What people say of keys, by signing them."""

from collections.abc import Mapping

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId, is_user_id

from ..model import (
    MASTER,
    MAX_SIGNATURES_AT_ONCE,
    SELF_SIGNING,
    USER_SIGNING,
    InvalidKeys,
    InvalidSignature,
    Signature,
    SigningKey,
    Target,
    UnknownKey,
)
from ..ports import DeviceKeyStore, SigningStore
from ..rules import PublicKeys, is_name, is_same_key, signing_keys_of, verified
from .device_lists import DeviceListChanges

Signed = Mapping[str, Mapping[str, Mapping[str, object]]]
"""By person, then by the id of a device or the public key: the key as it was, with more signatures."""

Failures = dict[str, dict[str, Exception]]


class Signatures:
    """Keeps what people say of keys."""

    def __init__(
        self,
        store: SigningStore,
        keys: DeviceKeyStore,
        lists: DeviceListChanges,
        database: Database,
        changes: Changes,
    ) -> None:
        self._store = store
        self._keys = keys
        self._lists = lists
        self._database = database
        self._changes = changes

    async def upload(self, user_id: UserId, signed: Signed) -> Failures:
        """The person's signatures are kept, durably, but for those that failed, which come back by person and key.

        Raises InvalidKeys (too many). Spec: client-server, POST /keys/signatures/upload.
        """
        if sum(len(theirs) for theirs in signed.values()) > MAX_SIGNATURES_AT_ONCE:
            raise InvalidKeys(f"At most {MAX_SIGNATURES_AT_ONCE} keys at once")
        mine = await self._store.find_signing_keys(user_id)
        failures: Failures = {}
        found: list[Signature] = []
        for owner, keys in signed.items():
            for signed_id, key in keys.items():
                try:
                    found += await self._checked(user_id, mine, owner, signed_id, key)
                except (InvalidSignature, InvalidKeys, UnknownKey) as failure:
                    failures.setdefault(owner, {})[signed_id] = failure
        if found:
            await self._keep(user_id, found)
        return failures

    async def _checked(
        self,
        user_id: UserId,
        mine: Mapping[str, SigningKey],
        owner: str,
        signed_id: str,
        key: Mapping[str, object],
    ) -> list[Signature]:
        if owner != user_id:
            return await self._on_another(user_id, mine, owner, signed_id, key)
        if MASTER in mine and signed_id == mine[MASTER].public_key:
            devices = await self._keys.list_device_keys([user_id])
            return _checked(key, mine[MASTER].content, user_id, signed_id, user_id, signing_keys_of(devices))
        kept = await self._keys.find_device_keys(Target(user_id, DeviceId(signed_id))) if is_name(signed_id) else None
        if kept is None:
            raise UnknownKey("There is no such key")
        return _checked(key, kept, user_id, signed_id, user_id, _public(mine, SELF_SIGNING))

    async def _on_another(
        self, user_id: UserId, mine: Mapping[str, SigningKey], owner: str, signed_id: str, key: Mapping[str, object]
    ) -> list[Signature]:
        theirs = await self._store.find_signing_keys(UserId(owner)) if is_user_id(owner) else {}
        if MASTER not in theirs or theirs[MASTER].public_key != signed_id:
            raise UnknownKey("There is no such key")
        kept = theirs[MASTER].content
        return _checked(key, kept, UserId(owner), signed_id, user_id, _public(mine, USER_SIGNING))

    async def _keep(self, user_id: UserId, found: list[Signature]) -> None:
        people = {signature.user_id for signature in found}
        concerned = await self._lists.concerned(user_id) if user_id in people else frozenset({user_id})
        position = self._changes.next_position()
        batch = Batch()
        for signature in found:
            self._store.set_signature(batch, signature)
        if user_id in people:
            self._lists.note(batch, user_id, concerned, position)
        for other in people - {user_id}:
            self._lists.note_signed(batch, user_id, other, position)
        await self._database.commit(batch)


def _checked(
    key: Mapping[str, object],
    kept: Mapping[str, object],
    owner: UserId,
    signed_id: str,
    signer: UserId,
    keys: PublicKeys,
) -> list[Signature]:
    if not is_same_key(key, kept):
        raise InvalidKeys("The key is not the one that is known")
    signatures = verified(key, owner, signed_id, signer, keys)
    if not signatures:
        raise InvalidSignature("None of the signatures is by a key that may sign this")
    return signatures


def _public(keys: Mapping[str, SigningKey], usage: str) -> PublicKeys:
    return {keys[usage].key_id: keys[usage].public_key} if usage in keys else {}
