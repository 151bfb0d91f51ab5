"""Bodies of requests made up from the specification's schemas: every field, with a value of its kind."""

from typing import Any

from tests.helpers import spec

_DEPTH_LIMIT = 12

_TEXTS = {
    "mx-user-id": "@bob:test",
    "mx-room-id": "!x:test",
    "mx-room-alias": "#x:test",
    "mx-event-id": "$x",
    "mx-server-name": "test",
    "mx-mxc-uri": "mxc://test/x",
    "uri": "https://example.org/x",
    "email": "x@example.org",
}
_BY_NAME = {"room_version": "11", "new_version": "11", "preset": "private_chat"}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 0.5, "boolean": True, "null": None}


def sample(schema: Any, depth: int = 0) -> Any:
    """A value that this schema describes, with all the fields it names."""
    if depth > _DEPTH_LIMIT or not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return sample(spec.facts().definitions[schema["$ref"].removeprefix("#/$defs/")], depth + 1)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], depth + 1)
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [sample(schema.get("items", {"type": "string"}), depth + 1)]
    if kind == "string":
        return _TEXTS.get(schema.get("format", ""), "x")
    return _BY_TYPE[kind] if kind in _BY_TYPE else _object(schema, depth)


def _object(schema: dict[str, Any], depth: int) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        whole |= sample(part, depth + 1) or {}
    for name, inner in schema.get("properties", {}).items():
        whole[name] = _BY_NAME.get(name) or sample(inner, depth + 1)
    if isinstance(others := schema.get("additionalProperties"), dict):
        whole["x"] = sample(others, depth + 1)
    for pattern, inner in schema.get("patternProperties", {}).items():
        whole["@bob:test" if "@" in pattern else "x"] = sample(inner, depth + 1)
    return whole
