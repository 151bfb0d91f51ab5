"""Ed25519 signatures over canonical JSON. Spec: appendices, Signing JSON."""

from collections.abc import Mapping

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from sottovoce.protocol.canonical_json import encode_canonical
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import ServerName
from sottovoce.protocol.unpadded_base64 import decode_base64, encode_base64

_SEED_BYTES = 32
_SIGNATURE_BYTES = 64
_ALGORITHM = "ed25519"


class Signer:
    """A server's signing key. `key_id` is the whole identifier, such as "ed25519:a1"."""

    __slots__ = ("_secret_key", "_seed", "key_id", "public_key", "server")

    def __init__(self, server: ServerName, key_id: str, seed: bytes) -> None:
        if len(seed) != _SEED_BYTES:
            raise Malformed(f"a signing key's seed has {_SEED_BYTES} bytes, not {len(seed)}")
        self.server = server
        self.key_id = key_id
        self._seed = seed
        self.public_key, self._secret_key = crypto_sign_seed_keypair(seed)

    @classmethod
    def from_text(cls, server: ServerName, text: str) -> "Signer":
        """Read a key kept as `ed25519 <version> <unpadded base64 seed>`. Raises Malformed."""
        words = text.split()
        if len(words) != 3 or words[0] != _ALGORITHM:
            raise Malformed("a signing key is written as: ed25519 <version> <base64 seed>")
        return cls(server, f"{_ALGORITHM}:{words[1]}", decode_base64(words[2]))

    def to_text(self) -> str:
        """The form `from_text` reads; it holds the secret."""
        return f"{_ALGORITHM} {self.key_id.partition(':')[2]} {encode_base64(self._seed)}"

    def sign(self, canonical: bytes) -> str:
        """The signature of these bytes, in unpadded base64."""
        return encode_base64(crypto_sign(canonical, self._secret_key)[:_SIGNATURE_BYTES])

    def sign_json(self, value: Mapping[str, object]) -> dict[str, object]:
        """A copy of the object with this key's signature added to its `signatures`.

        Raises Malformed if it has no canonical form. Spec: appendices, Signing Details.
        """
        signatures = {server: dict(keys) for server, keys in _signatures_of(value).items()}
        signatures.setdefault(self.server, {})[self.key_id] = self.sign(_signed_part(value))
        return {**value, "signatures": signatures}


def verify_json(value: Mapping[str, object], server: str, key_id: str, public_key: bytes) -> bool:
    """Whether the object carries a valid signature of this server with this key.

    public_key: 32 raw bytes. Raises Malformed if the object has no canonical form.
    Spec: appendices, Checking for a Signature.
    """
    signature_text = _signatures_of(value).get(server, {}).get(key_id)
    if not isinstance(signature_text, str) or not key_id.startswith(_ALGORITHM + ":"):
        return False
    signed_part = _signed_part(value)
    try:
        VerifyKey(public_key).verify(signed_part, decode_base64(signature_text))
    except (BadSignatureError, Malformed, ValueError):
        return False
    return True


def _signed_part(value: Mapping[str, object]) -> bytes:
    return encode_canonical({key: item for key, item in value.items() if key not in ("signatures", "unsigned")})


def _signatures_of(value: Mapping[str, object]) -> dict[str, dict[str, object]]:
    signatures = value.get("signatures")
    if not isinstance(signatures, dict):
        return {}
    return {server: keys for server, keys in signatures.items() if isinstance(keys, dict)}
