"""The `sottovoce` command, run to its end in a process of its own."""

import subprocess
from typing import NamedTuple

from tests.helpers.server_process import PROGRAM, bare_environment

ENDS_WITHIN_S = 60


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    said: str
    complained: str


def sottovoce(*arguments: object, given: str = "") -> Done:
    """Run the command with these arguments, `given` on its standard input."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        env=bare_environment(),
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
