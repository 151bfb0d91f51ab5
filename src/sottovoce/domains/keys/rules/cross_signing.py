"""Which cross-signing keys and signatures may be published. Spec: client-server, Cross-signing."""

from collections.abc import Iterable, Mapping

import msgspec

from sottovoce.protocol.ids import UserId

from ..model import (
    MAX_DEVICE_KEYS_BYTES,
    MAX_SIGNERS_OF_ONE_KEY,
    InvalidKeys,
    InvalidSignature,
    Signature,
    SigningKey,
    Target,
)
from .device_keys import SIGNING_ALGORITHM, is_public_key, is_signed, signatures_of, without_claims

PublicKeys = Mapping[str, str]
"""Public keys by the ids by which signatures name them."""

_encode = msgspec.json.Encoder(order="sorted").encode


def checked_signing_key(usage: str, key: Mapping[str, object], user_id: UserId) -> SigningKey:
    """The key, of this usage and this person's. Raises InvalidKeys."""
    usages, public = key.get("usage"), key.get("keys")
    if key.get("user_id") != user_id:
        raise InvalidKeys("user_id must be one's own")
    if not isinstance(usages, list) or usage not in usages:
        raise InvalidKeys(f"usage must hold {usage}")
    if not isinstance(public, dict) or len(public) != 1:
        raise InvalidKeys("keys must hold one key")
    [(name, value)] = public.items()
    if not isinstance(value, str) or name != f"{SIGNING_ALGORITHM}:{value}" or not is_public_key(value):
        raise InvalidKeys(f"The key must be called {SIGNING_ALGORITHM} and itself, in unpadded base64")
    content = without_claims(key)
    if len(_encode(content)) > MAX_DEVICE_KEYS_BYTES:
        raise InvalidKeys(f"A key has at most {MAX_DEVICE_KEYS_BYTES} bytes")
    return SigningKey(usage, value, content)


def master_signature(key: SigningKey, uploaded: Mapping[str, object], user_id: UserId, master: SigningKey) -> Signature:
    """What the master key says of another key of the person. Raises InvalidSignature if it says nothing."""
    if not is_signed(uploaded, user_id, master.key_id, master.public_key):
        raise InvalidSignature(f"The {key.usage} key is not signed by the master key")
    text = signatures_of(uploaded, user_id)[master.key_id]
    return Signature(user_id, key.public_key, user_id, master.key_id, text)


def verified(
    signed: Mapping[str, object], user_id: UserId, signed_id: str, signer_id: UserId, keys: PublicKeys
) -> list[Signature]:
    """The signatures on it that were made by these keys of the signer; those by other keys are passed over.

    Raises InvalidSignature if one of them is wrong.
    """
    found = signatures_of(signed, signer_id)
    ours = [key_id for key_id in found if key_id in keys]
    for key_id in ours[:MAX_SIGNERS_OF_ONE_KEY]:
        if not is_signed(signed, signer_id, key_id, keys[key_id]):
            raise InvalidSignature("A signature is not by the key that it names")
    return [Signature(user_id, signed_id, signer_id, key_id, found[key_id]) for key_id in ours[:MAX_SIGNERS_OF_ONE_KEY]]


def signing_keys_of(devices: Mapping[Target, Mapping[str, object]]) -> dict[str, str]:
    """The keys with which these devices sign, by the ids by which signatures name them."""
    found: dict[str, str] = {}
    for device, keys in devices.items():
        public, key_id = keys.get("keys"), f"{SIGNING_ALGORITHM}:{device.device_id}"
        if isinstance(public, dict) and isinstance(public.get(key_id), str):
            found[key_id] = public[key_id]
    return found


def is_same_key(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether the two differ in nothing but in what is said of them."""
    return without_claims(one) == without_claims(other)


def with_signatures(content: Mapping[str, object], signatures: Iterable[Signature]) -> dict[str, object]:
    """The key as it is shown, with these signatures beside those it has."""
    by_signer: dict[str, dict[str, object]] = {}
    former = content.get("signatures")
    if isinstance(former, dict):
        by_signer = {signer: dict(theirs) for signer, theirs in former.items()}
    for signature in signatures:
        by_signer.setdefault(signature.signer_id, {})[signature.key_id] = signature.signature
    return {**content, "signatures": by_signer} if by_signer else dict(content)
