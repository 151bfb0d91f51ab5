"""The administration API described in OpenAPI, from the operations themselves."""

from collections.abc import Sequence

import msgspec

from sottovoce import __version__

from .operation import BASE, Operation

_REFS = "#/components/schemas/{name}"
_ABOUT = "For whoever runs the server. Every request carries an administrator's access token."


class Error(msgspec.Struct):
    """Why it was not done: a code of the Matrix specification, and a text for people."""

    errcode: str
    error: str


def document(operations: Sequence[Operation]) -> dict[str, object]:
    """The OpenAPI 3.1 document of these operations."""
    structs: list[type] = [
        Error,
        *(kind for each in operations for kind in (each.answer, each.body) if kind is not None),
    ]
    shapes, components = msgspec.json.schema_components(structs, ref_template=_REFS)
    schema: dict[type, dict[str, object]] = dict(zip(structs, shapes, strict=True))
    paths: dict[str, dict[str, object]] = {}
    for operation in operations:
        paths.setdefault(f"{BASE}/{operation.path}", {})[operation.method.lower()] = _described(operation, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sottovoce administration", "version": __version__, "description": _ABOUT},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _described(operation: Operation, schema: dict[type, dict[str, object]]) -> dict[str, object]:
    parameters: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in operation.names_in_path
    ]
    parameters += [
        {"name": each.name, "in": "query", "description": each.description, "schema": each.schema}
        for each in operation.query
    ]
    described: dict[str, object] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": _responses(operation, schema),
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _json(schema[operation.body])}
    return described


def _responses(operation: Operation, schema: dict[type, dict[str, object]]) -> dict[str, object]:
    refusals = {
        "400": "The request makes no sense.",
        "401": "There is no valid access token.",
        "403": "The account is no administrator's, or a rule says no.",
        "413": "The body is too large.",
        "429": "Too many requests.",
    }
    if operation.missing is not None:
        refusals["404"] = operation.missing
    if operation.body is not None and operation.method == "POST":
        refusals["409"] = "It is there already."
    told: dict[str, object] = {"200": {"description": "Done.", "content": _json(schema[operation.answer])}}
    for status, why in refusals.items():
        told[status] = {"description": why, "content": _json(schema[Error])}
    return told


def _json(schema: dict[str, object]) -> dict[str, object]:
    return {"application/json": {"schema": schema}}
