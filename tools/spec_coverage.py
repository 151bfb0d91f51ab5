"""Writes docs/spec-coverage.md: each operation of the client-server API, and whether it is served.

python -m tools.spec_coverage [--check]
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sottovoce.app.build import App
from sottovoce.app.settings import Settings
from sottovoce.http.routing import Route
from tests.helpers import spec

PAGE = Path(__file__).parent.parent / "docs/spec-coverage.md"

WITH_MEDIA = "with the media"
NOT_SERVED: dict[str, str] = {
    **dict.fromkeys(
        [
            *("createContent", "getConfig", "getConfigAuthed", "getContent", "getContentAuthed"),
            *("getContentOverrideName", "getContentOverrideNameAuthed", "getContentThumbnail"),
            *("getContentThumbnailAuthed", "getUrlPreview", "getUrlPreviewAuthed", "uploadContent"),
            "uploadContentToMXC",
        ],
        WITH_MEDIA,
    ),
}
"""The operations nobody answers, by name, and why. May only shrink."""

_MSC4140 = "MSC4140, merged and in no released version yet"
OF_OURS = {
    "/_matrix/client/v3/rooms/{room_id}/delayed_event/{event_type}/{txn_id}": _MSC4140,
    "/_matrix/client/v1/delayed_events/{delay_id}": _MSC4140,
    "/_matrix/client/v1/delayed_events/{delay_id}/send": _MSC4140,
    "/_matrix/client/v1/delayed_events/{delay_id}/cancel": _MSC4140,
    "/_matrix/client/v1/delayed_events/{delay_id}/restart": _MSC4140,
    "/_matrix/client/v3/pushrules": "as with the slash at its end",
    "/_matrix/client/v3/pushrules/global": "as with the slash at its end",
    "/_matrix/client/v4/sync": "MSC4186, merged and in no released version yet",
    "/_matrix/client/v3/auth/{stage}/fallback/web": "a page, told of in the section on user-interactive authentication",
}
"""What is served under a released version's prefix without being an operation of the specification's pages."""

HEAD = """# What of the client-server API is served

Matrix v1.19, every operation of its pages. Made by `python -m tools.spec_coverage` from the routes of the program and
`tests/conformance/client_server.json`; what is answered is held against the specification in every API test.

| section | operation | since | served |
|---|---|---|---|
"""


def program_routes() -> list[Route]:
    """The routes of a server that has its name."""

    async def found(folder: str) -> list[Route]:
        app = App(Settings(data=folder, server_name="example.org"))
        await app.start()
        routes = app.every_route()
        await app.stop()
        return routes

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(found(folder))


def served_names(routes: list[Route]) -> set[str]:
    """The names of the operations that these routes answer."""
    return {operation.name for route in routes for operation in spec.operations_at(route.method, route.pattern)}


def unknown(routes: list[Route]) -> Iterator[str]:
    """Routes under the prefix of a released version that the specification does not know."""
    for route in routes:
        is_released = route.pattern.startswith(("/_matrix/client/v", "/_matrix/media/"))
        if is_released and not spec.operations_at(route.method, route.pattern) and route.pattern not in OF_OURS:
            yield f"{route.method} {route.pattern}"


def page(names: set[str]) -> str:
    """The page's text, if these operations are served."""
    rows = sorted(
        f"| {operation.section} | `{operation.method} {operation.path.removeprefix('/_matrix')}` | {operation.since} | "
        f"{'yes' if operation.name in names else NOT_SERVED.get(operation.name, 'no')} |"
        for operation in spec.facts().operations
    )
    total = f"{len(names)} of {len(rows)} are served."
    return HEAD + "\n".join([*rows, "", total, ""])


def main() -> int:
    """Write the page, or with --check say whether it is as it should be."""
    text = page(served_names(program_routes()))
    if "--check" in sys.argv:
        return int(PAGE.read_text("utf-8") != text)
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
