"""One request, as a handler sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from sottovoce.http.query import QueryArgs
from sottovoce.http.refused import Refused

if TYPE_CHECKING:
    from sottovoce.domains.accounts.model import Caller

T = TypeVar("T")

_decoders: dict[type, msgspec.json.Decoder[Any]] = {}
_MISSING_FIELD = "Object missing required field"


class Call:
    """A request whose path, caller and limits have been settled; the body is read and within its bound.

    path: the pattern's names, percent-decoded. caller: unset for routes with `Auth.NONE`.
    """

    __slots__ = ("_caller", "body", "client_ip", "headers", "method", "path", "query")

    def __init__(
        self,
        method: str,
        path: dict[str, str],
        query: QueryArgs,
        headers: list[tuple[bytes, bytes]],
        client_ip: str,
        caller: Caller | None,
        body: bytes,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.client_ip = client_ip
        self.body = body
        self._caller = caller

    @property
    def caller(self) -> Caller:
        """Who is calling. Only for routes that require authentication."""
        assert self._caller is not None, "this route asks for no authentication"
        return self._caller

    @property
    def caller_if_known(self) -> Caller | None:
        """Who is calling, if they said so."""
        return self._caller

    def let_go(self) -> None:
        """What the request carried is freed; before a long wait."""
        self.headers.clear()
        self.path = {}
        self.query = QueryArgs(b"")
        self.body = b""

    def decode(self, kind: type[T]) -> T:
        """The JSON body as this struct; an empty body counts as `{}`.

        Raises Refused: M_NOT_JSON, M_MISSING_PARAM for an absent field, else M_BAD_JSON.
        """
        decoder = _decoders.get(kind)
        if decoder is None:
            decoder = _decoders[kind] = msgspec.json.Decoder(kind)
        return _decoded(decoder, self.body or b"{}")  # type: ignore[no-any-return]

    def decode_object(self) -> dict[str, object]:
        """The JSON body as a plain object, which must be there.

        Raises Refused: M_NOT_JSON, or M_BAD_JSON if it is JSON of another kind.
        """
        return _decoded(_object_decoder, self.body)


_object_decoder: msgspec.json.Decoder[dict[str, object]] = msgspec.json.Decoder(dict[str, object])


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        why = str(error)
        errcode = "M_MISSING_PARAM" if why.startswith(_MISSING_FIELD) else "M_BAD_JSON"
        raise Refused(400, errcode, why) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "M_NOT_JSON", "The body is not valid JSON") from None
