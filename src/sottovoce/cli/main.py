"""The `sottovoce` command: what it understands, and what it says when it cannot go on."""

import argparse
import os
import sys
from pathlib import Path

from sottovoce.app.serve import serve
from sottovoce.app.settings import BadSetting, load_settings
from sottovoce.infra.logs import configure_logs


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="sottovoce")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve")
    serving.add_argument("--config", type=Path)
    for name in (
        "data", "host", "port", "server-name", "public-url", "database", "registration", "default-room-version",
        "rate-limits", "tls-cert", "tls-key",
    ):  # fmt: skip
        serving.add_argument(f"--{name}")
    given = vars(parser.parse_args(arguments))
    given.pop("command")
    try:
        settings = load_settings(given.pop("config"), os.environ, given)
    except BadSetting as bad:
        print(f"sottovoce: {bad}", file=sys.stderr)
        return 2
    configure_logs(settings.log_level, settings.log_format)
    serve(
        settings,
        lambda url, code: print(f"Sottovoce is at {url}" if code is None else f"Open {url}/setup#{code}", flush=True),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
