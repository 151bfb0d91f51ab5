"""`sottovoce room`: the chats of this server."""

import argparse

from sottovoce.app.settings import Settings
from sottovoce.cli.asking import DAY_MS, AddWhere, ask, day, megabytes, say, table
from sottovoce.infra.clock import SystemClock

_PAGE = 1000


def add_commands(parser: argparse.ArgumentParser, add_where: AddWhere) -> None:
    """The commands below `room`."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="show the chats there are", description="Show the chats there are.")
    show = commands.add_parser("show", help="show one chat, but nothing said in it", description="Show one chat.")
    erase = commands.add_parser(
        "erase",
        help="send everybody out of a chat and erase all of it",
        description="Send everybody out of a chat and erase all that was said and sent in it. There is no way back.",
    )
    forget = commands.add_parser(
        "forget", help="erase the old messages of a chat", description="Erase the old messages of a chat."
    )
    forget.add_argument("--days", type=float, required=True, metavar="N", help="what is older than that goes")
    for command, run in ((listing, _list), (show, _show), (erase, _erase), (forget, _forget)):
        if command is not listing:
            command.add_argument("room_id", metavar="ID", help="as `sottovoce room list` shows it")
        add_where(command)
        command.set_defaults(run=run)


def _list(settings: Settings, given: dict[str, object]) -> int:
    rows: list[tuple[object, ...]] = []
    after: str | None = ""
    while after is not None:
        page = ask(settings, "listRooms", query={"from": after, "limit": _PAGE})
        rows += [
            (each["room_id"], each["name"], each["joined_members"], each["is_encrypted"], day(each["last_event_at_ms"]))
            for each in page["rooms"]
        ]
        after = page.get("next_from")
    return table(("ID", "NAME", "PEOPLE", "ENCRYPTED", "LAST EVENT (UTC)"), rows)


def _show(settings: Settings, given: dict[str, object]) -> int:
    room = ask(settings, "showRoom", {"room_id": given["room_id"]})
    say(f"{room['room_id']}  {room['name'] or ''}".rstrip())
    say(f"version    {room['version']}{', encrypted' if room['is_encrypted'] else ''}")
    say(f"people     {room['joined_members']}")
    say(f"events     {room['events']}, {megabytes(room['event_bytes'])}")
    return say(f"last       {day(room['last_event_at_ms'])}")


def _erase(settings: Settings, given: dict[str, object]) -> int:
    ask(settings, "eraseRoom", {"room_id": given["room_id"]})
    return say("The chat is gone.")


def _forget(settings: Settings, given: dict[str, object]) -> int:
    days = given["days"]
    assert isinstance(days, float), "argparse made it one"
    before_ms = max(0, SystemClock().now_ms() - int(days * DAY_MS))
    done = ask(settings, "forgetMessages", {"room_id": given["room_id"]}, body={"before_ms": before_ms})
    return say(f"{done['messages']} messages are gone.")
