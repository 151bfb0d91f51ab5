"""What a handler gives back."""

import msgspec

Headers = tuple[tuple[bytes, bytes], ...]


class Json(msgspec.Struct, frozen=True, gc=False):
    """A JSON answer. Bytes are taken as JSON already encoded; anything else is encoded once, here."""

    body: object
    status: int = 200
    headers: Headers = ()


class File(msgspec.Struct, frozen=True, gc=False):
    """An answer that is not JSON, sent as it is with the headers given."""

    body: bytes
    headers: Headers
    status: int = 200


Answer = Json | File

EMPTY = Json(b"{}")
