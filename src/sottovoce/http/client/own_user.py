"""Paths that name a user and are only for that user."""

from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.protocol.ids import UserId


def own_user_id(call: Call) -> UserId:
    """The caller, who is also the user named in the path. Raises Refused (403 M_FORBIDDEN) if not."""
    if call.path["user_id"] != call.caller.user_id:
        raise Refused(403, "M_FORBIDDEN", "That is another account's")
    return call.caller.user_id
