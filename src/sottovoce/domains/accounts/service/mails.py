"""What the server writes to people by mail, in Italian and English, for it does not know which they read."""

from typing import NamedTuple

from sottovoce.protocol.ids import ServerName


class Text(NamedTuple):
    """A mail without its addressee."""

    subject: str
    body: str


def confirm(server: ServerName, link: str) -> Text:
    """Asks to open a link, to show that the address is theirs."""
    return Text(
        f"{server}: conferma il tuo indirizzo / confirm your address",
        f"Apri questo link per confermare che l'indirizzo è tuo. Se non l'hai chiesto tu, non fare nulla.\n\n"
        f"Open this link to confirm that the address is yours. If it was not you who asked, do nothing.\n\n"
        f"{link}\n",
    )


def reset(server: ServerName, link: str) -> Text:
    """Asks to open a link, to choose another password."""
    return Text(
        f"{server}: nuova password / new password",
        f"Apri questo link per scegliere un'altra password. Se non l'hai chiesto tu, non fare nulla.\n\n"
        f"Open this link to choose another password. If it was not you who asked, do nothing.\n\n"
        f"{link}\n",
    )


def in_use(server: ServerName) -> Text:
    """Tells whoever has an account already."""
    return Text(
        f"{server}: hai già un account / you have an account already",
        f"Qualcuno ha dato questo indirizzo a {server}, dove c'è già un account con questo indirizzo. Se sei stato tu "
        "e non ricordi la password, chiedine una nuova; altrimenti non fare nulla.\n\n"
        f"Somebody gave this address to {server}, where an account has it already. If it was you and you do not "
        "remember the password, ask for a new one; else do nothing.\n",
    )


def unknown(server: ServerName) -> Text:
    """Tells whoever asked for another password with an address that no account has."""
    return Text(
        f"{server}: nessun account / no account",
        f"Qualcuno ha chiesto una nuova password su {server} con questo indirizzo, ma nessun account lo usa.\n\n"
        f"Somebody asked for a new password on {server} with this address, but no account has it.\n",
    )
