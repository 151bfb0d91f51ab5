"""`sottovoce user add` and `sottovoce user reset-password`."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Callable

from sottovoce.app.commands import AddUser, ResetPassword, give
from sottovoce.app.settings import Settings
from sottovoce.cli.trouble import Trouble, in_words


def add_commands(parser: argparse.ArgumentParser, add_where: Callable[[argparse.ArgumentParser], None]) -> None:
    """The commands below `user`."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="create an account", description="Create an account.")
    reset = commands.add_parser(
        "reset-password",
        help="give an account another password",
        description="Give an account another password and sign all its devices out.",
    )
    for command in (add, reset):
        command.add_argument("name", metavar="NAME", help="the part of the address before the colon, such as anna")
        command.add_argument(
            "--password-stdin", action="store_true", help="read the password from the standard input, one line"
        )
        add_where(command)
    add.add_argument("--admin", action="store_true", help="the account may administer the server")
    add.set_defaults(run=_add)
    reset.set_defaults(run=_reset)


def _add(settings: Settings, given: dict[str, object]) -> int:
    password = _password(given)
    with in_words():
        created = asyncio.run(give(settings, AddUser(str(given["name"]), password, bool(given["admin"]))))
    sys.stdout.write(f"{created} can sign in now.\n")
    return 0


def _reset(settings: Settings, given: dict[str, object]) -> int:
    password = _password(given)
    with in_words():
        person = asyncio.run(give(settings, ResetPassword(str(given["name"]), password)))
    sys.stdout.write(f"{person} has a new password and is signed out everywhere.\n")
    return 0


def _password(given: dict[str, object]) -> str:
    if given["password_stdin"]:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Trouble("there is nobody to ask for a password: give --password-stdin and write it to the standard input")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise Trouble("the two passwords are not the same")
    return password
