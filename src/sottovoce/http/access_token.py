"""The access token of a request."""

from collections.abc import Sequence

from sottovoce.http.query import QueryArgs
from sottovoce.http.refused import Refused


def find_token(headers: Sequence[tuple[bytes, bytes]], query: QueryArgs) -> str | None:
    """The request's access token, from its header or, as older clients send it, its query."""
    for name, value in headers:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return value[7:].strip().decode("latin-1")
    return query.text("access_token") or None


def access_token(headers: Sequence[tuple[bytes, bytes]], query: QueryArgs) -> str:
    """As `find_token`; raises Refused (401 M_MISSING_TOKEN) if there is none."""
    token = find_token(headers, query)
    if token is None:
        raise Refused(401, "M_MISSING_TOKEN", "Missing access token")
    return token
