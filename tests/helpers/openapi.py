"""An OpenAPI document of whatever is served: paths from the routes, shapes from the specification's facts."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sottovoce.http.routing import Route
from tests.helpers import spec

_NAMED = re.compile(r"\{(\w+)\}")
_REFS = ("#/$defs/", "#/components/schemas/")
_ANY_BODY = {"type": "object"}


def document(routes: Iterable[Route], real: Mapping[str, str], described: Mapping[str, Any]) -> dict[str, Any]:
    """The document of these routes.

    real: for names in paths, what is really there. described: a document whose operations are taken as they are.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        own = described["paths"].get(route.pattern, {}).get(route.method.lower())
        paths.setdefault(route.pattern, {})[route.method.lower()] = own or _operation(route, real)
    schemas = {**described["components"]["schemas"], **_moved(spec.facts().definitions)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "All that is served", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(route: Route, real: Mapping[str, str]) -> dict[str, Any]:
    known = spec.operations_at(route.method, route.pattern)
    parameters = [_in_path(name, real) for name in _NAMED.findall(route.pattern)]
    for name, schema in known[0].query.items() if known else ():
        parameters.append({"name": name, "in": "query", "schema": _moved(schema)})
    said: dict[str, Any] = {"parameters": parameters, "responses": {"default": {"description": "Any."}}}
    if route.method in ("POST", "PUT"):
        body = _moved(known[0].body) if known and known[0].body else _ANY_BODY
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return said


def _in_path(name: str, real: Mapping[str, str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if name in real:
        schema = {"anyOf": [{"enum": [real[name]]}, schema]}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _moved(schema: Any) -> Any:
    """The schema, with what it refers to where OpenAPI has it."""
    if isinstance(schema, dict):
        return {
            key: value.replace(*_REFS) if key == "$ref" and isinstance(value, str) else _moved(value)
            for key, value in schema.items()
        }
    return [_moved(each) for each in schema] if isinstance(schema, list) else schema
