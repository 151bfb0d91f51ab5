"""Opaque tokens: positions that only this server can read.

A token is the same text for the same numbers (so equal answers stay equal, and caches work) and opens only for the
kind and audience it was sealed for. The numbers are padded to steps of eight bytes, so that a token's length does
not tell how far the server has counted.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.unpadded_base64 import decode_base64, encode_base64_urlsafe

MAX_TOKEN_CHARACTERS = 512
MAX_NUMBERS = 32
_PAD_TO_BYTES = 8


class TokenSealer:
    """Seals and opens tokens with one key of 32, 48 or 64 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, kind: str, audience: str, numbers: tuple[int, ...]) -> str:
        """A token holding these numbers, readable in a URL. Its first letter is the kind's; three numbers: 33 letters.

        kind: what the token is for, such as "sync". audience: who it is for, such as a user id.
        numbers: at most 32, negative ones too.
        """
        sealed = self._cipher.encrypt(_pack(numbers), _associated(kind, audience))
        return kind[0] + encode_base64_urlsafe(sealed)

    def open(self, kind: str, audience: str, text: str) -> tuple[int, ...]:
        """The numbers inside. Raises Malformed for a token not sealed by this key for this kind and audience."""
        if text[:1] != kind[0] or len(text) > MAX_TOKEN_CHARACTERS:
            raise Malformed("not a token of this kind")
        try:
            packed = self._cipher.decrypt(decode_base64(text[1:]), _associated(kind, audience))
        except (InvalidTag, ValueError) as cause:
            raise Malformed("not a token given to this user") from cause
        return _unpack(packed)


def _associated(kind: str, audience: str) -> list[bytes]:
    return [kind.encode(), audience.encode()]


def _pack(numbers: tuple[int, ...]) -> bytes:
    assert len(numbers) <= MAX_NUMBERS, "more numbers than a token holds"
    packed = bytearray([len(numbers)])
    for number in numbers:
        rest = number << 1 if number >= 0 else (-number << 1) - 1  # zigzag: small stays small on both sides of zero
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    packed.extend(bytes(-len(packed) % _PAD_TO_BYTES))
    return bytes(packed)


def _unpack(packed: bytes) -> tuple[int, ...]:
    numbers: list[int] = []
    number = shift = 0
    for byte in packed[1:]:
        if len(numbers) == packed[0]:
            break
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(-(number + 1 >> 1) if number & 1 else number >> 1)
            number = shift = 0
    return tuple(numbers)
