"""Whom to ask for help, and that there is no OAuth here yet. Spec: client-server, Server discovery."""

from collections.abc import Sequence

from sottovoce.http.answers import Answer, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route


class SupportRoutes:
    """Handlers of what is known before anybody signs in. contacts: e-mail addresses and user ids."""

    def __init__(self, contacts: Sequence[str], support_page: str | None) -> None:
        told = {"contacts": [_contact(contact) for contact in contacts], "support_page": support_page}
        self._told = {name: value for name, value in told.items() if value}

    async def support(self, call: Call) -> Answer:
        """GET .well-known/matrix/support."""
        if not self._told:
            raise Refused(404, "M_NOT_FOUND", "This server does not say whom to ask")
        return Json(self._told)

    async def auth_metadata(self, call: Call) -> Answer:
        """GET auth_metadata."""
        raise Refused(404, "M_UNRECOGNIZED", "This server does not sign people in with OAuth")


def routes(contacts: Sequence[str], support_page: str | None) -> list[Route]:
    """The routes of this section."""
    own = SupportRoutes(contacts, support_page)
    well_known, metadata = "/.well-known/matrix/support", "/_matrix/client/v1/auth_metadata"
    return [
        Route(method="GET", pattern=well_known, handler=own.support, auth=Auth.NONE, before_setup=True),
        Route(method="GET", pattern=metadata, handler=own.auth_metadata, auth=Auth.NONE, before_setup=True),
    ]


def _contact(text: str) -> dict[str, str]:
    return {"matrix_id" if text.startswith("@") else "email_address": text, "role": "m.role.admin"}
