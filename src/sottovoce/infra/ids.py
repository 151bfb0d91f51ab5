"""Random identifiers and secrets, from randomness that is given."""

import base64
import secrets
import string
from collections.abc import Callable

Randomness = Callable[[int], bytes]
"""So many unpredictable bytes."""

_LETTERS = string.ascii_letters
_CAPITALS = string.ascii_uppercase
_LARGEST_FAIR_BYTE = {len(alphabet): 256 - 256 % len(alphabet) for alphabet in (_LETTERS, _CAPITALS)}


class Ids:
    """Makes identifiers; `randomness` is the operating system's unless a test gives another."""

    def __init__(self, randomness: Randomness = secrets.token_bytes) -> None:
        self._randomness = randomness

    def secret_bytes(self, size_bytes: int) -> bytes:
        """Raw randomness, for keys and seeds."""
        return self._randomness(size_bytes)

    def url_safe(self, size_bytes: int) -> str:
        """So many random bytes as unpadded URL-safe base64: for tokens and codes."""
        return base64.urlsafe_b64encode(self._randomness(size_bytes)).rstrip(b"=").decode()

    def letters(self, length: int) -> str:
        """Random ASCII letters of both cases: for opaque identifiers."""
        return self._drawn(_LETTERS, length)

    def capitals(self, length: int) -> str:
        """Random capital letters: for identifiers that people read, such as a device's."""
        return self._drawn(_CAPITALS, length)

    def _drawn(self, alphabet: str, length: int) -> str:
        limit = _LARGEST_FAIR_BYTE[len(alphabet)]
        drawn = ""
        while len(drawn) < length:
            fair = (byte for byte in self._randomness(2 * length) if byte < limit)
            drawn += "".join(alphabet[byte % len(alphabet)] for byte in fair)
        return drawn[:length]
