"""Logs, as a program of their own writes them."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys, structlog
from sottovoce.infra.logs import configure_logs
log = structlog.get_logger()
configure_logs("info", sys.argv[1])
log.debug("room.hidden")
log.info("room.created", room="!r")
logging.getLogger("library").warning("from a library")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("room.failed")
"""


def logged(log_format: str) -> str:
    done = subprocess.run([sys.executable, "-c", PROGRAM, log_format], check=True, capture_output=True, text=True)
    assert done.stdout == ""
    return done.stderr


def test_json_logs_are_one_object_per_line() -> None:
    created, library, failed = (json.loads(line) for line in logged("json").splitlines())
    assert (created["event"], created["level"], created["room"]) == ("room.created", "info", "!r")
    assert (library["event"], library["level"]) == ("from a library", "warning")
    assert "ZeroDivisionError" in failed["exception"]


@pytest.mark.parametrize("text", ["room.created", "room=!r", "from a library", "ZeroDivisionError"])
def test_console_logs_say_the_same(text: str) -> None:
    assert text in logged("console")


def test_what_is_below_the_level_is_not_logged() -> None:
    assert "room.hidden" not in logged("console")
