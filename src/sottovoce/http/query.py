"""The query string, parsed when first asked for."""

from urllib.parse import unquote_to_bytes

from sottovoce.http.refused import invalid_param, missing_param

QUERY_FIELDS_LIMIT = 100


def percent_decoded(segment: bytes, name: str) -> str:
    """Decode one path segment or query value to text.

    Raises Refused (M_INVALID_PARAM) if it is not UTF-8 or holds a NUL character, which no store can keep.
    """
    if b"%" in segment:
        segment = unquote_to_bytes(segment)
    try:
        text = segment.decode()
    except UnicodeDecodeError:
        raise invalid_param(name, "not UTF-8") from None
    if "\0" in text:
        raise invalid_param(name, "holds a NUL character")
    return text


def _parsed(raw: bytes) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    if not raw:
        return fields
    is_plain = raw.isascii() and b"%" not in raw and b"+" not in raw
    for pair in raw.split(b"&", QUERY_FIELDS_LIMIT)[:QUERY_FIELDS_LIMIT]:
        raw_name, _, raw_value = pair.partition(b"=")
        if is_plain:
            name, value = raw_name.decode("ascii"), raw_value.decode("ascii")
        else:
            name = percent_decoded(raw_name.replace(b"+", b" "), "query")
            value = percent_decoded(raw_value.replace(b"+", b" "), name)
        fields.setdefault(name, []).append(value)
    return fields


class QueryArgs:
    """The arguments after `?`; of a repeated one the first counts, except in `all`."""

    __slots__ = ("_fields", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._fields: dict[str, list[str]] | None = None

    def all(self, name: str) -> list[str]:
        """Every value given for this name, in order."""
        fields = self._fields
        if fields is None:
            fields = self._fields = _parsed(self._raw)
        return fields.get(name, [])

    def firsts(self) -> dict[str, str]:
        """Every argument by its name."""
        fields = self._fields
        if fields is None:
            fields = self._fields = _parsed(self._raw)
        return {name: values[0] for name, values in fields.items()}

    def text(self, name: str) -> str | None:
        """The value, or None if the name is absent."""
        fields = self._fields
        if fields is None:
            fields = self._fields = _parsed(self._raw)
        values = fields.get(name)
        return None if values is None else values[0]

    def required(self, name: str) -> str:
        """The value; raises Refused (M_MISSING_PARAM) if the name is absent."""
        text = self.text(name)
        if text is None:
            raise missing_param(name)
        return text

    def is_backwards(self, default: str | None = None) -> bool:
        """Whether `dir` asks for what is older; raises Refused if it is neither b nor f, or absent with no default."""
        direction = self.required("dir") if default is None else self.text("dir") or default
        if direction not in ("b", "f"):
            raise invalid_param("dir", "must be b or f")
        return direction == "b"

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """The value as a whole number, brought down to `high`; raises Refused if it is none, or below `low`."""
        text = self.text(name)
        if text is None or text == "":
            return default
        digits = text[1:] if text[0] == "-" else text
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
            raise invalid_param(name, "must be a whole number")
        value = int(text)
        if value < low:
            raise invalid_param(name, f"must be at least {low}")
        return min(value, high)

    def flag(self, name: str, default: bool = False) -> bool:
        """The value as true or false; raises Refused if it is neither."""
        text = self.text(name)
        if text is None:
            return default
        if text not in ("true", "false"):
            raise invalid_param(name, "must be true or false")
        return text == "true"
