"""Putting JSON together that is encoded already."""

from collections.abc import Iterable

import msgspec


def json_array(items: Iterable[bytes]) -> msgspec.Raw:
    """The array of these encoded values."""
    return msgspec.Raw(b"[" + b",".join(items) + b"]")
