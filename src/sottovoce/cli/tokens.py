"""`sottovoce token`: what lets newcomers create an account."""

import argparse

from sottovoce.app.settings import Settings
from sottovoce.cli.asking import DAY_MS, AddWhere, ask, day, say, table


def add_commands(parser: argparse.ArgumentParser, add_where: AddWhere) -> None:
    """The commands below `token`."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    issue = commands.add_parser("issue", help="make a token", description="Make a registration token.")
    issue.add_argument("--uses", type=int, metavar="N", help="how many accounts it is good for; any number if left out")
    issue.add_argument("--days", type=float, metavar="N", help="how long it is good for; for ever if left out")
    issue.add_argument("--label", metavar="TEXT", help="what you call it")
    listing = commands.add_parser("list", help="show the tokens there are", description="Show registration tokens.")
    revoke = commands.add_parser("revoke", help="make a token useless", description="Make a token useless.")
    revoke.add_argument("token_id", metavar="ID", help="as `sottovoce token list` shows it")
    for command, run in ((issue, _issue), (listing, _list), (revoke, _revoke)):
        add_where(command)
        command.set_defaults(run=run)


def _issue(settings: Settings, given: dict[str, object]) -> int:
    days = given["days"]
    lifetime_ms = int(days * DAY_MS) if isinstance(days, float) else None
    body = {"uses_allowed": given["uses"], "lifetime_ms": lifetime_ms, "label": given["label"]}
    return say(str(ask(settings, "issueRegistrationToken", body=body)["token"]))


def _list(settings: Settings, given: dict[str, object]) -> int:
    tokens = ask(settings, "listRegistrationTokens")["tokens"]
    rows = [
        (
            token["token_id"],
            f"{token['uses']} of {token['uses_allowed'] or 'any'}",
            day(token["expires_at_ms"]) or "never",
            token["label"],
        )
        for token in tokens
    ]
    return table(("ID", "USED", "ENDS (UTC)", "LABEL"), rows)


def _revoke(settings: Settings, given: dict[str, object]) -> int:
    ask(settings, "revokeRegistrationToken", {"token_id": given["token_id"]})
    return say("The token is useless now.")
