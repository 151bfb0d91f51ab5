"""What the specification says of answers, and whether one is as it says.

The facts are tests/conformance/client_server.json, which tools/spec_facts.py writes.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

FACTS = Path(__file__).parent.parent / "conformance/client_server.json"

# Former prefix, and the one under which everything of the client-server API was known first.
_FORMER = re.compile(r"^/_matrix/client/r0/")
_ERRCODE = re.compile(r"[A-Z][A-Z0-9_.]*")
_INTERACTIVE = "auth_response"

DEVIATIONS: dict[str, str] = {
    r"getRoomKeysVersion(Current)? 200: algorithm: ": "backups of algorithms to come are kept as well",
    r"getDevices 200: devices/\d+/(display_name|last_seen_ip): null": "matrix-nio takes no list without them",
    r"getDevice 200: (display_name|last_seen_ip): null": "as in the list of devices",
    r"postPusher 201: the specification has no such answer": "MSC4174: the pusher is set and has to be activated",
    r"(sendMessage|setRoomStateWithKey) 200: .*event_id. is a required": "sent later by MSC4140: with a delay_id",
    r"getTurnServer 200: .*required": "without a relay apps expect the empty object",
}
"""What is answered otherwise than the specification says, and why. May only shrink."""

_FORMATS = {
    "mx-user-id": re.compile(r"@[\x21-\x39\x3b-\x7e]*:\S+"),
    "mx-room-id": re.compile(r"![\x21-\x7e]+"),
    "mx-room-alias": re.compile(r"#[^:\0]*:\S+"),
    "mx-event-id": re.compile(r"\$[\x21-\x7e]+"),
    "mx-server-name": re.compile(r"[A-Za-z0-9.:\[\]-]+"),
    "mx-unpadded-base64": re.compile(r"[A-Za-z0-9+/]*"),
    "mx-urlsafe-unpadded-base64": re.compile(r"[A-Za-z0-9_-]*"),
}


class Operation(msgspec.Struct):
    """One operation of the specification. A schema is None where an answer is not JSON."""

    section: str
    name: str
    method: str
    path: str
    since: str
    is_deprecated: bool
    needs_token: bool
    query: dict[str, Any]
    answers: dict[str, Any]
    body: Any = None

    @property
    def shape(self) -> str:
        """Method and path without the names in it."""
        return shape(self.method, self.path)


class _Facts(msgspec.Struct):
    source: str
    definitions: dict[str, Any]
    events: dict[str, Any]
    operations: list[Operation]


@cache
def facts() -> _Facts:
    """All that is known, read once."""
    return msgspec.json.decode(FACTS.read_bytes(), type=_Facts)


def shape(method: str, path: str) -> str:
    """What a method and a path with names in it are, whatever the names."""
    return method + " " + re.sub(r"\{\w+\}", "{}", path)


def operations_at(method: str, raw_path: str) -> list[Operation]:
    """The operations that a request with this path, as on the wire, may mean; none if the specification has none."""
    node = _tree()
    for segment in _FORMER.sub("/_matrix/client/v3/", raw_path.partition("?")[0]).split("/")[1:]:
        following = node.get(segment) or (node.get("{}") if segment else None)
        if following is None:
            return []
        node = following
    found: list[Operation] = node.get(" " + method, [])
    return found


@cache
def _tree() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for operation in facts().operations:
        for path in _spellings(operation):
            node = root
            for segment in path.split("/")[1:]:
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node.setdefault(" " + operation.method, []).append(operation)
    return root


def _spellings(operation: Operation) -> Iterator[str]:
    """An empty state key may be left out, with its slash or without."""
    yield operation.path
    if operation.path.endswith("/{stateKey}"):
        yield operation.path.removesuffix("{stateKey}")
        yield operation.path.removesuffix("/{stateKey}")


def complaints(method: str, raw_path: str, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    """How this answer is not what the specification says; nothing for what it does not speak of."""
    operations = operations_at(method, raw_path)
    if not operations or status == 0:
        return []
    found = [list(_complaints(operation, status, headers, body)) for operation in operations]
    return min(found, key=len)


def _complaints(operation: Operation, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    if str(status) not in operation.answers and status < 400:
        whole = f"{operation.name} {status}: the specification has no such answer"
        if not any(re.match(known, whole) for known in DEVIATIONS):
            yield whole
        return
    if operation.answers.get(str(status), ()) is None:
        return
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        yield f"{operation.name} {status}: an answer in JSON is called application/json"
        return
    for complaint in _of_body(operation, status, body):
        whole = f"{operation.name} {status}: {complaint}"
        if not any(re.match(known, whole) for known in DEVIATIONS):
            yield whole


def _of_body(operation: Operation, status: int, body: bytes) -> Iterator[str]:
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        yield "the body is not JSON"
        return
    if status == 401 and isinstance(told, dict) and "flows" in told:
        yield from _errors(_INTERACTIVE, {"$ref": f"#/$defs/{_INTERACTIVE}"}, told)
        return
    if status >= 400:
        yield from _of_error(told)
    if (schema := operation.answers.get(str(status))) is not None and not (status == 401 and "flows" not in told):
        yield from _errors(f"{operation.name} {status}", schema, told)
    if operation.name == "sync" and status == 200:
        for event in _made_by_the_server(told):
            for complaint in _errors(event["type"], facts().events[event["type"]], event):
                yield f"{event['type']}: {complaint}"


def _made_by_the_server(sync: Any) -> Iterator[Any]:
    """Those events of a sync that nobody sent."""
    rooms = sync.get("rooms", {}).get("join", {}).values()
    for part in (sync, *rooms):
        for kind in ("presence", "account_data", "ephemeral"):
            for event in part.get(kind, {}).get("events", ()):
                if event.get("type") in facts().events:
                    yield event


def _of_error(told: Any) -> Iterator[str]:
    if not isinstance(told, dict) or not _ERRCODE.fullmatch(str(told.get("errcode", ""))):
        yield "an error has an errcode"
    elif not isinstance(told.get("error"), str) or not told["error"]:
        yield "an error has words for people"


def _errors(name: str, schema: Any, told: Any) -> Iterator[str]:
    for error in _validator(name, schema)(told):
        yield f"{'/'.join(map(str, error.instance_path)) or '(the whole)'}: {error.message[:300]}"


_validators: dict[str, Any] = {}


def _validator(name: str, schema: Any) -> Any:
    """What finds the errors against this schema; kept by name."""
    if name not in _validators:
        whole = {**schema, "$defs": facts().definitions}
        built = jsonschema_rs.Draft202012Validator(whole, formats=_checks(), validate_formats=True)
        _validators[name] = built.iter_errors
    return _validators[name]


def _checks() -> dict[str, Any]:
    return {name: (lambda text, form=form: bool(form.fullmatch(text))) for name, form in _FORMATS.items()}
