"""Of whom a request asks."""

from collections.abc import Iterable

from sottovoce.protocol.ids import ServerName, UserId, is_user_id, server_of


def asked_here(names: Iterable[str], server: ServerName) -> tuple[list[UserId], dict[str, object]]:
    """Who of these are people of this server; and the servers of the others, which nobody here can ask.

    What is no person's name is passed over.
    """
    here: list[UserId] = []
    elsewhere: dict[str, object] = {}
    for name in names:
        if is_user_id(name):
            of = server_of(UserId(name))
            if of == server:
                here.append(UserId(name))
            else:
                elsewhere[of] = {"errcode": "M_UNREACHABLE", "error": "This server does not talk to others"}
    return here, elsewhere


def is_name(text: str) -> bool:
    """Whether something kept may be called so; a store need not be asked for anything else."""
    return "\0" not in text
