"""`sottovoce user`: accounts, and what may be done with them."""

import argparse
import getpass
import sys

from sottovoce.app.commands import Answer
from sottovoce.app.settings import Settings
from sottovoce.cli.asking import AddWhere, Run, ask, day, say, table
from sottovoce.cli.trouble import Trouble

_PAGE = 1000
_VERBS: dict[str, tuple[str, str, dict[str, object], str]] = {
    "make-admin": ("let somebody administer the server", "setAdministrator", {"is_admin": True}, "administers now"),
    "unmake-admin": ("let somebody no longer do so", "setAdministrator", {"is_admin": False}, "no longer administers"),
    "lock": ("let nothing be done with an account", "lockPerson", {"locked": True}, "is locked"),
    "unlock": ("let it be used again", "lockPerson", {"locked": False}, "is not locked"),
    "suspend": ("let somebody only read", "suspendPerson", {"suspended": True}, "may only read"),
    "unsuspend": ("let them do everything again", "suspendPerson", {"suspended": False}, "may do everything"),
    "sign-out": ("sign somebody out everywhere", "signPersonOut", {}, "is signed in nowhere"),
}


def add_commands(parser: argparse.ArgumentParser, add_where: AddWhere) -> None:
    """The commands below `user`."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, about: str, run: Run, *, is_about_one: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        if is_about_one:
            added.add_argument("name", metavar="NAME", help="the part of the address before the colon, such as anna")
        add_where(added)
        added.set_defaults(run=run)
        return added

    add = command("add", "create an account", _add)
    add.add_argument("--admin", action="store_true", help="the account may administer the server")
    reset = command("reset-password", "give an account another password and sign all its devices out", _reset)
    for asks in (add, reset):
        asks.add_argument(
            "--password-stdin", action="store_true", help="read the password from the standard input, one line"
        )
    listing = command("list", "show the accounts there are", _list, is_about_one=False)
    listing.add_argument("--search", dest="sought", metavar="TEXT", help="only those whose address or name has it")
    command("show", "show one account", _show)
    for verb, (about, operation, body, outcome) in _VERBS.items():
        command(verb, about, _changing(operation, body, outcome))
    end = command("end", "end an account: it leaves every chat, and nobody gets its name again", _end)
    end.add_argument("--erase", action="store_true", help="what the person was called, and what was kept for them, too")


def _add(settings: Settings, given: dict[str, object]) -> int:
    body = {"name": given["name"], "password": _password(given), "is_admin": given["admin"]}
    return say(f"{ask(settings, 'createPerson', body=body)['user_id']} can sign in now.")


def _reset(settings: Settings, given: dict[str, object]) -> int:
    done = ask(settings, "setPassword", _of(given), body={"password": _password(given)})
    return say(f"{done['user_id']} has a new password and is signed out everywhere.")


def _list(settings: Settings, given: dict[str, object]) -> int:
    rows: list[tuple[object, ...]] = []
    after: str | None = ""
    while after is not None:
        page = ask(settings, "listPeople", query={"from": after, "limit": _PAGE, "search": given["sought"]})
        rows += [
            (each["user_id"], each["display_name"], _standing(each), each["devices"], day(each["last_seen_at_ms"]))
            for each in page["people"]
        ]
        after = page.get("next_from")
    return table(("ADDRESS", "NAME", "STANDING", "DEVICES", "LAST SEEN (UTC)"), rows)


def _show(settings: Settings, given: dict[str, object]) -> int:
    person = ask(settings, "showPerson", _of(given))
    rooms = ask(settings, "listRoomsOfPerson", _of(given))["rooms"]
    say(f"{person['user_id']}  {person['display_name'] or ''}".rstrip())
    say(f"standing   {_standing(person) or 'a person like others'}")
    say(f"created    {day(person['created_at_ms'])}")
    say(f"last seen  {day(person['last_seen_at_ms']) or 'never'}, on {person['devices']} devices")
    return say(f"chats      {sum(what == 'join' for what in rooms.values())}")


def _end(settings: Settings, given: dict[str, object]) -> int:
    ask(settings, "endAccount", _of(given), body={"erase": given["erase"]})
    return say(f"The account of {given['name']} is over.")


def _changing(operation: str, body: dict[str, object], outcome: str) -> Run:
    def run(settings: Settings, given: dict[str, object]) -> int:
        ask(settings, operation, _of(given), body=body)
        return say(f"{given['name']} {outcome}.")

    return run


def _of(given: dict[str, object]) -> dict[str, object]:
    return {"user_id": given["name"]}


def _standing(person: Answer) -> str:
    named = {
        "over": person["deactivated_at_ms"],
        "administrator": person["is_admin"],
        "guest": person["is_guest"],
        "locked": person["locked_at_ms"],
        "suspended": person["suspended_at_ms"],
    }
    return ", ".join(name for name, holds in named.items() if holds)


def _password(given: dict[str, object]) -> str:
    if given["password_stdin"]:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Trouble("there is nobody to ask for a password: give --password-stdin and write it to the standard input")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise Trouble("the two passwords are not the same")
    return password
