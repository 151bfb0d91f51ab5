"""Writes tests/conformance/client_server.json: the facts of the specification's OpenAPI pages, none of their words.

python -m tools.spec_facts FOLDER     a checkout of matrix-spec at the version to follow
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

TARGET = Path(__file__).parent.parent / "tests/conformance/client_server.json"
SOURCE = (
    "The Matrix specification, Apache-2.0, https://github.com/matrix-org/matrix-spec; written by tools/spec_facts.py"
)
METHODS = ("get", "put", "post", "delete")

# The events that a server makes by itself.
EVENTS = ("m.fully_read", "m.presence", "m.push_rules", "m.receipt", "m.typing")

_MAPS = ("properties", "patternProperties")
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("items", "additionalProperties", "not")
_PLAIN = {
    *("type", "required", "enum", "const", "pattern", "format", "minimum", "maximum"),
    *("minItems", "maxItems", "minLength", "maxLength", "minProperties"),
}
_HEADING = re.compile(r"^#+ (.+?)(?: *\{.*)?$", re.MULTILINE)
_NO_SUBJECT = ("API endpoints", "Client behaviour", "Server behaviour", "Events")


class Reader:
    """Reads pages; what they refer to in other files is gathered in `definitions`, named by file."""

    def __init__(self, root: Path) -> None:
        self._api = root / "data/api"
        self.definitions: dict[str, Any] = {}

    def event(self, page: Path) -> Any:
        """The schema of an event."""
        whole = yaml.safe_load(page.read_text("utf-8"))
        return self._schema(page, whole, whole)

    def operations(self, page: Path) -> Iterator[dict[str, Any]]:
        """Every operation of a page, without its section."""
        whole = yaml.safe_load(page.read_text("utf-8"))
        base = whole["servers"][0]["variables"]["basePath"]["default"]
        for path, item in whole["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(page, whole, method.upper(), (base + path).strip(), item[method])

    def _operation(self, page: Path, whole: Any, method: str, path: str, said: Any) -> dict[str, Any]:
        parameters = [self._resolved(page, whole, parameter) for parameter in said.get("parameters", ())]
        facts = {
            "name": said["operationId"],
            "method": method,
            "path": path,
            "since": said.get("x-addedInMatrixVersion", "1.0"),
            "is_deprecated": said.get("deprecated", False),
            "needs_token": bool(said.get("security")) and {} not in said["security"],
            "query": {
                parameter["name"]: self._schema(page, whole, parameter.get("schema", {}))
                for parameter in parameters
                if parameter["in"] == "query"
            },
            "answers": {
                str(status): self._answer(page, whole, self._resolved(page, whole, answer))
                for status, answer in said["responses"].items()
            },
        }
        body = self._resolved(page, whole, said.get("requestBody", {})).get("content", {})
        if "application/json" in body:
            facts["body"] = self._schema(page, whole, body["application/json"].get("schema", {}))
        return facts

    def _answer(self, page: Path, whole: Any, answer: Any) -> Any:
        """The schema of a JSON answer; None for one of another kind."""
        content = answer.get("content", {})
        if "application/json" not in content:
            return None
        return self._schema(page, whole, content["application/json"].get("schema", {}))

    def _resolved(self, page: Path, whole: Any, said: Any) -> Any:
        """What is said here, or inside the same page."""
        reference = said.get("$ref", "")
        return _inside(whole, reference) if reference.startswith("#") else said

    def _schema(self, page: Path, whole: Any, said: Any) -> Any:
        """The schema with nothing but what can be checked."""
        if not isinstance(said, dict):
            return said
        facts: dict[str, Any] = {}
        for key, value in said.items():
            if key in _PLAIN:
                facts[key] = value
            elif key in _MAPS:
                facts[key] = {name: self._schema(page, whole, inner) for name, inner in value.items()}
            elif key in _LISTS:
                # Where one is meant, its alternatives are not always written so that they exclude each other.
                facts["anyOf" if key == "oneOf" else key] = [self._schema(page, whole, inner) for inner in value]
            elif key in _SINGLE:
                facts[key] = self._schema(page, whole, value)
            elif key == "$ref":
                facts[key] = "#/$defs/" + self._definition(page, whole, value)
        return facts

    def _definition(self, page: Path, whole: Any, reference: str) -> str:
        """The name under which the schema that is referred to is kept."""
        file, _, fragment = reference.partition("#")
        there = (page.parent / file.strip()).resolve() if file else page
        name = str(there.relative_to(self._api.parent.resolve()).with_suffix("")).replace("api/client-server/", "")
        name = (name.replace("definitions/", "") + fragment.replace("/components/schemas", "")).replace("/", ".")
        if name not in self.definitions:
            self.definitions[name] = {}
            found = yaml.safe_load(there.read_text("utf-8")) if file else whole
            self.definitions[name] = self._schema(there, found, _inside(found, fragment) if fragment else found)
        return name


def _inside(whole: Any, reference: str) -> Any:
    for part in reference.removeprefix("#").split("/")[1:]:
        whole = whole[part]
    return whole


def sections(root: Path) -> dict[str, str]:
    """Under which heading of the specification each page of operations stands."""
    found = {}
    folder = root / "content/client-server-api"
    for page in (folder / "_index.md", *sorted((folder / "modules").glob("*.md"))):
        text = page.read_text("utf-8")
        headings = [match for match in _HEADING.finditer(text) if match[1] not in _NO_SUBJECT]
        for match in re.finditer(r'http-api [^}]*api="([\w-]+)"', text):
            above = [heading[1] for heading in headings if heading.start() < match.start()]
            found[match[1]] = above[-1] if page.stem == "_index" else above[0]
    return found


def facts(root: Path) -> dict[str, Any]:
    """The whole file."""
    reader, operations, section_of = Reader(root.resolve()), [], sections(root)
    for page in sorted((root.resolve() / "data/api/client-server").glob("*.yaml")):
        section = section_of.get(page.stem, "Application services")
        operations += [{"section": section, **facts} for facts in reader.operations(page)]
    schemas = root.resolve() / "data/event-schemas/schema"
    events = {name: reader.event(schemas / f"{name}.yaml") for name in EVENTS}
    operations.sort(key=lambda operation: (operation["path"], operation["method"]))
    definitions = dict(sorted(reader.definitions.items()))
    return {"source": SOURCE, "definitions": definitions, "events": events, "operations": operations}


def written(whole: dict[str, Any]) -> str:
    """The file's text: a line for each definition, event and operation."""

    def short(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def lines(named: dict[str, Any]) -> str:
        return ",\n".join(f"{short(name)}:{short(schema)}" for name, schema in named.items())

    operations = ",\n".join(short(operation) for operation in whole["operations"])
    parts = [
        f'"source":{short(whole["source"])}',
        f'"definitions":{{\n{lines(whole["definitions"])}\n}}',
        f'"events":{{\n{lines(whole["events"])}\n}}',
        f'"operations":[\n{operations}\n]',
    ]
    return "{" + ",\n".join(parts) + "}\n"


def main() -> int:
    """Write the file from the folder named on the command line."""
    TARGET.write_text(written(facts(Path(sys.argv[1]))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
