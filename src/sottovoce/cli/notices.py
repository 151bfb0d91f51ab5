"""`sottovoce notice` and `sottovoce storage`."""

import argparse

from sottovoce.app.settings import Settings
from sottovoce.cli.asking import AddWhere, ask, megabytes, say


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", add_where: AddWhere) -> None:
    """Both commands."""
    notice = commands.add_parser(
        "notice",
        help="write to somebody, or to everybody, in the server's name",
        description="Write to somebody in the server's name, in a chat in which only the server writes.",
    )
    notice.add_argument("text", metavar="TEXT", help="what is to be read")
    whom = notice.add_mutually_exclusive_group(required=True)
    whom.add_argument("--to", metavar="NAME", help="the part of the address before the colon, such as anna")
    whom.add_argument("--to-everybody", action="store_true", help="everybody who has an account")
    storage = commands.add_parser("storage", help="show what is stored", description="Show how much is stored.")
    for command, run in ((notice, _notice), (storage, _storage)):
        add_where(command)
        command.set_defaults(run=run)


def _notice(settings: Settings, given: dict[str, object]) -> int:
    if given["to"] is None:
        sent = ask(settings, "notifyEverybody", body={"text": given["text"]})
        return say(f"{sent['people']} people were written to.")
    ask(settings, "notifyPerson", {"user_id": given["to"]}, body={"text": given["text"]})
    return say(f"{given['to']} was written to.")


def _storage(settings: Settings, given: dict[str, object]) -> int:
    stored = ask(settings, "showStorage")
    say(f"people         {stored['accounts']}")
    say(f"chats          {stored['rooms']}")
    say(f"database       {megabytes(stored['database_bytes'])}")
    return say(f"free on disk   {megabytes(stored['free_disk_bytes'])}")
