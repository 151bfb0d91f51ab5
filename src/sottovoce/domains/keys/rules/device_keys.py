"""Which keys of a device may be published. Spec: client-server, Key Distribution."""

from collections.abc import Mapping, Sequence

import msgspec

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, UserId, size_bytes
from sottovoce.protocol.signing import verify_json
from sottovoce.protocol.unpadded_base64 import decode_base64, encode_base64

from ..model import (
    MAX_ALGORITHMS,
    MAX_DEVICE_KEYS_BYTES,
    MAX_KEY_BYTES,
    MAX_KEY_NAME_BYTES,
    MAX_ONE_TIME_KEYS,
    InvalidKeys,
    InvalidSignature,
    OneTimeKey,
    OneTimeKeyExists,
    Target,
)

SIGNING_ALGORITHM = "ed25519"
_PUBLIC_KEY_BYTES = 32
_CLAIMS = ("signatures", "unsigned")

_encode = msgspec.json.Encoder(order="sorted").encode


def checked_device_keys(keys: Mapping[str, object], device: Target) -> dict[str, object]:
    """The keys as they will be shown: without what others have to say of them.

    Raises InvalidKeys unless they are this device's, InvalidSignature unless it signed them itself.
    Spec: client-server, Uploading keys.
    """
    user_id, device_id = device
    if keys.get("user_id") != user_id or keys.get("device_id") != device_id:
        raise InvalidKeys("user_id and device_id must be those of the device that uploads")
    algorithms, public = keys.get("algorithms"), keys.get("keys")
    if not isinstance(algorithms, list) or not all(isinstance(each, str) for each in algorithms):
        raise InvalidKeys("algorithms must be a list of names")
    if not isinstance(public, dict) or not all(_is_of(name, device_id) for name in public):
        raise InvalidKeys("keys must be called after their algorithm and the device")
    if not all(isinstance(each, str) for each in public.values()):
        raise InvalidKeys("keys must be texts")
    key_id = f"{SIGNING_ALGORITHM}:{device_id}"
    if key_id not in public:
        raise InvalidKeys(f"{SIGNING_ALGORITHM} must be among the keys")
    if not is_signed(keys, user_id, key_id, public[key_id]):
        raise InvalidSignature("The device did not sign its keys")
    mine = signatures_of(keys, user_id)
    checked = {**without_claims(keys), "signatures": {user_id: {key_id: mine[key_id]}}}
    if len(_encode(checked)) > MAX_DEVICE_KEYS_BYTES:
        raise InvalidKeys(f"The keys of a device have at most {MAX_DEVICE_KEYS_BYTES} bytes")
    return checked


def has_same_identity(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether both are the same device's: somebody who trusts the one has no reason to distrust the other."""
    return one["keys"] == other["keys"]


def one_time_keys_in(keys: Mapping[str, object]) -> list[OneTimeKey]:
    """The keys by their names. Raises InvalidKeys. Spec: client-server, One-time and fallback keys."""
    if len(keys) > MAX_ONE_TIME_KEYS:
        raise InvalidKeys(f"At most {MAX_ONE_TIME_KEYS} keys at once")
    return [_one_time_key(name, content) for name, content in keys.items()]


def new_one_time_keys(keys: Sequence[OneTimeKey], kept: Sequence[OneTimeKey]) -> list[OneTimeKey]:
    """Those of the keys that are not kept yet.

    Raises OneTimeKeyExists where another is kept under the name, InvalidKeys where too many would be kept.
    """
    contents = {key.name: key.content for key in kept}
    for key in keys:
        if contents.get(key.name, key.content) != key.content:
            raise OneTimeKeyExists(key.name)
    new = [key for key in keys if key.name not in contents]
    if len(new) + len(kept) > MAX_ONE_TIME_KEYS:
        raise InvalidKeys(f"The server keeps at most {MAX_ONE_TIME_KEYS} one-time keys of a device")
    if len({key.algorithm for key in (*new, *kept)}) > MAX_ALGORITHMS:
        raise InvalidKeys(f"There are one-time keys of at most {MAX_ALGORITHMS} algorithms")
    return new


def fallback_keys_in(keys: Mapping[str, object]) -> list[OneTimeKey]:
    """As one_time_keys_in; of each algorithm there can be one. Raises InvalidKeys."""
    found = one_time_keys_in(keys)
    if len({key.algorithm for key in found}) < len(found):
        raise InvalidKeys("There is one fallback key of an algorithm")
    if len(found) > MAX_ALGORITHMS:
        raise InvalidKeys(f"There are fallback keys of at most {MAX_ALGORITHMS} algorithms")
    return found


def without_claims(signed: Mapping[str, object]) -> dict[str, object]:
    """What signatures are made of. Spec: appendices, Signing JSON."""
    return {name: value for name, value in signed.items() if name not in _CLAIMS}


def signatures_of(signed: Mapping[str, object], user_id: UserId) -> dict[str, str]:
    """This person's signatures, by the id of the key that made them; what is none is left out."""
    signatures = signed.get("signatures")
    theirs = signatures.get(user_id) if isinstance(signatures, dict) else None
    if not isinstance(theirs, dict):
        return {}
    return {key_id: text for key_id, text in theirs.items() if isinstance(text, str)}


def is_signed(signed: Mapping[str, object], user_id: UserId, key_id: str, public_key: str) -> bool:
    """Whether this person's key, 32 bytes in unpadded base64, signed it."""
    try:
        key = decode_base64(public_key)
        return len(key) == _PUBLIC_KEY_BYTES and verify_json(signed, user_id, key_id, key)
    except Malformed:
        return False


def is_public_key(text: str) -> bool:
    """Whether this is 32 bytes in unpadded base64, written as it has to be."""
    try:
        key = decode_base64(text)
    except Malformed:
        return False
    return len(key) == _PUBLIC_KEY_BYTES and encode_base64(key) == text


def _one_time_key(name: str, content: object) -> OneTimeKey:
    algorithm, colon, key_id = name.partition(":")
    if not (algorithm and colon and key_id) or not name.isprintable() or size_bytes(name) > MAX_KEY_NAME_BYTES:
        raise InvalidKeys("A key's name is its algorithm, a colon and its id")
    if not isinstance(content, str) and not (isinstance(content, dict) and isinstance(content.get("key"), str)):
        raise InvalidKeys("A key is a text, or an object with one and its signatures")
    encoded = _encode(content)
    if len(encoded) > MAX_KEY_BYTES:
        raise InvalidKeys(f"A key has at most {MAX_KEY_BYTES} bytes")
    return OneTimeKey(algorithm, key_id, encoded)


def _is_of(name: str, device_id: DeviceId) -> bool:
    algorithm, _, of = name.partition(":")
    return bool(algorithm) and of == device_id
