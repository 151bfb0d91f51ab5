"""What nobody means well by: values, bodies and path segments that are not what an endpoint expects."""

from collections.abc import Iterator
from typing import Any

import msgspec

VALUES: tuple[bytes, ...] = (
    *(
        b"null",
        b"true",
        b"0",
        b"-1",
        b"1.5",
        b"1e400",
        b"-0.0",
        b"9007199254740992",
        b"-9223372036854775809",
        b"9" * 400,
    ),
    *(b'""', b'"x"', b'"' + b"x" * 300 + b'"', b'"' + b"x" * 70_000 + b'"', b'"\\u0000"', b'"\\ud800"', b'"\xff"'),
    *('"🦊"'.encode(), b'"@"', b'"!"', b'"$x"', b'"@a:b:c"', b'"@a%2Fb:c"', b'"m.room.create"'),
    *(
        b"[]",
        b"[null]",
        b"[1,[2]]",
        b'["' + b"x" * 300 + b'"]',
        b"{}",
        b'{"":null}',
        b'{"a":1.5}',
        b'{"a":{"b":[null]}}',
    ),
    *(b"[" * 400 + b"]" * 400, b'{"a":' * 5000 + b"1" + b"}" * 5000),
)
"""JSON, or nearly: wrong types, numbers out of every range, long and broken text, deep nesting."""

BODIES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"{",
    b"}",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"[" * 100_000,
    b"nul",
    *VALUES,
)
"""Instead of a whole body."""

SEGMENTS: tuple[str, ...] = (
    *("x", "!", "@", "$", "-1", "null", ".", "..", "%2F", "%00", "%FF", "%ED%A0%80", "%F0%9F%A6%8A", "%", "%zz"),
    *(
        "x" * 300,
        "x" * 3000,
        "%40nobody%3Atest",
        "!unknown%3Atest",
        "!unknown",
        "%24unknown",
        "m.room.member",
        "9" * 30,
    ),
)
"""Instead of a segment of a path."""

TEXTS: tuple[str, ...] = (
    *("", "0", "-1", "1e3", "9" * 18, "9" * 30, "-" + "9" * 19, "true", "null", "\0", "🦊", "x" * 5000, "s1_2", "t1"),
    *("{}", "{", "[]", '{"room":1}', '{"limit":-5}', '{"limit":1e10}', '{"limit":9223372036854775808}', "[" * 9000),
    *('{"room":{"timeline":{"limit":0}}}', '{"types":[1]}', '{"types":["' + "*a" * 30 + '"]}', '{"a":' * 9000),
)
"""Instead of a value in a query."""

_MARK = "the place of a hostile value"


def spoilt(body: dict[str, Any]) -> Iterator[bytes]:
    """The body with one of its values, at any depth, replaced by each hostile one; then with each hostile key added."""
    for spoil in _places(body):
        template = msgspec.json.encode(spoil)
        for value in VALUES:
            yield template.replace(b'"' + _MARK.encode() + b'"', value)


def _places(value: object) -> Iterator[object]:
    yield _MARK
    if isinstance(value, dict):
        for key in value:
            for inner in _places(value[key]):
                yield value | {key: inner}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for inner in _places(item):
                yield [*value[:index], inner, *value[index + 1 :]]
