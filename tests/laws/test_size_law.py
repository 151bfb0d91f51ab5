"""Files stay short enough to be read, functions short enough to be seen whole."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FILE_LIMIT_LINES = 500
FUNCTION_LIMIT_LINES = 50
EXCEPTIONS = frozenset({"tests/protocol/test_filters.py:test_every_field_is_read_and_unknown_ones_are_ignored"})
"""What is larger all the same. May only shrink."""

PYTHON = ("src", "tests", "tools", "bench")
WEB = ("web/src", "web/e2e", "web/build", "web/scripts", "web/dev")
WEB_SUFFIXES = (".ts", ".svelte", ".css", ".mjs")


def python_files() -> list[Path]:
    return [path for folder in PYTHON for path in (ROOT / folder).rglob("*.py") if ".peers" not in path.parts]


def web_files() -> list[Path]:
    return [path for folder in WEB for path in (ROOT / folder).rglob("*") if path.suffix in WEB_SUFFIXES]


def long_files() -> Iterator[str]:
    for path in (*python_files(), *web_files()):
        if len(path.read_text("utf-8").splitlines()) > FILE_LIMIT_LINES:
            yield str(path.relative_to(ROOT))


def long_functions() -> Iterator[str]:
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if (node.end_lineno or 0) - node.lineno >= FUNCTION_LIMIT_LINES:
                yield f"{path.relative_to(ROOT)}:{node.name}"


def test_there_is_something_to_measure() -> None:
    assert len(python_files()) > 200
    assert len(web_files()) > 20


def test_nothing_is_too_long_but_the_known_exceptions() -> None:
    assert {*long_files(), *long_functions()} == EXCEPTIONS
