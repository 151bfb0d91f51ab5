"""The `sottovoce` command: what it understands, and what it says when it cannot go on."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from sottovoce import __version__
from sottovoce.app.settings import BadSetting, Settings, described, load_settings
from sottovoce.cli import archive, notices, rooms, serving, tokens, users
from sottovoce.cli.trouble import Trouble

SUMMARY = "Sottovoce: a private messenger that you run yourself, for a family, a school, a club, a company, a town."
EPILOG = """\
examples:
  sottovoce serve                          start, and open the address it prints
  sottovoce serve --host 0.0.0.0 --tls-cert chat.pem --tls-key chat.key
  sottovoce user add anna                  ask for a password and create her account
  sottovoce backup sunday.tar              keep a copy of everything, while the server runs

Every option of `serve` can also stand in a TOML file (port = 8008) or in the environment (SOTTOVOCE_PORT=8008);
the command line wins over the environment, the environment over the file."""


class _Parser(argparse.ArgumentParser):
    """argparse, which says what is wrong in one line and takes no abbreviations: they would change with new options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        sys.exit(_say(f"{message}; `{self.prog} --help` tells more", 2))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit status: 0 done, 1 it could not be done, 2 it was asked wrongly."""
    parser = _parser()
    given = vars(parser.parse_args(arguments))
    run = given.pop("run")
    try:
        status = int(run(_settings(given), given))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read what was said has read enough, as `| head` does; nothing more is said when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BadSetting as bad:
        return _say(str(bad), 2)
    except Trouble as trouble:
        return _say(str(trouble), 1)


def _settings(given: dict[str, object]) -> Settings:
    file = given.pop("config")
    named: Mapping[str, str | None] = {name: _text(given.pop(name.replace("-", "_"), None)) for name in described()}
    return load_settings(file if isinstance(file, Path) else None, os.environ, named)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _say(text: str, status: int) -> int:
    sys.stderr.write(f"sottovoce: {text}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="sottovoce", description=SUMMARY, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"sottovoce {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve = commands.add_parser("serve", help="start the server with its web app", description="Start the server.")
    _add_settings(serve, described())
    serve.set_defaults(run=serving.run)
    user = commands.add_parser("user", help="create accounts, reset passwords and more", description="Accounts.")
    users.add_commands(user, _add_where)
    room = commands.add_parser("room", help="list chats, erase one or what is old in it", description="Chats.")
    rooms.add_commands(room, _add_where)
    token = commands.add_parser("token", help="let newcomers create an account", description="Registration tokens.")
    tokens.add_commands(token, _add_where)
    notices.add_commands(commands, _add_where)
    archive.add_commands(commands, _add_where)
    return parser


def _add_where(parser: argparse.ArgumentParser) -> None:
    """The settings that say which server a command is about."""
    table = described()
    _add_settings(parser, {name: table[name] for name in ("data", "server-name", "database")})


def _add_settings(parser: argparse.ArgumentParser, table: Mapping[str, tuple[str, str]]) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file with settings")
    for name, (purpose, default) in table.items():
        described_default = "" if default == "none" else f" (default: {default})"
        parser.add_argument(f"--{name}", metavar=name.rpartition("-")[2].upper(), help=purpose + described_default)


if __name__ == "__main__":
    sys.exit(main())
