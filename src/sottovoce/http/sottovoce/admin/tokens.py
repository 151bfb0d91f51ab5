"""Registration tokens: with one, somebody creates an account."""

from typing import Annotated

import msgspec
from msgspec import Meta

from sottovoce.domains.accounts.model import IssuedToken
from sottovoce.domains.accounts.service import RegistrationTokens
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call

from .operation import Operation, Section

_section = Section()


class NewToken(msgspec.Struct):
    """A token to be given out; what is left out is without end."""

    uses_allowed: Annotated[int, Meta(ge=1)] | None = None
    lifetime_ms: Annotated[int, Meta(ge=1)] | None = None
    label: str | None = None


class GivenToken(msgspec.Struct):
    """The token itself, told this once."""

    token: str


class Token(msgspec.Struct):
    """A token that was given out."""

    token_id: str
    uses: int
    uses_allowed: int | None
    expires_at_ms: int | None
    created_at_ms: int | None
    label: str | None


class Tokens(msgspec.Struct):
    """The tokens there are, the oldest first."""

    tokens: list[Token]


class TokenHandlers:
    """Handlers of everything about registration tokens."""

    def __init__(self, tokens: RegistrationTokens) -> None:
        self._tokens = tokens

    @_section.operation("listRegistrationTokens", "GET", "registration_tokens", answer=Tokens)
    async def list(self, call: Call) -> Json:
        """The registration tokens that were given out."""
        return Json(Tokens([_shown(issued) for issued in await self._tokens.list()]))

    @_section.operation("issueRegistrationToken", "POST", "registration_tokens", answer=GivenToken, body=NewToken)
    async def issue(self, call: Call) -> Json:
        """A new registration token; it is told once."""
        asked = call.decode(NewToken)
        return Json(
            GivenToken(
                await self._tokens.issue(
                    uses_allowed=asked.uses_allowed, lifetime_ms=asked.lifetime_ms, label=asked.label
                )
            )
        )

    @_section.operation(
        "revokeRegistrationToken", "DELETE", "registration_tokens/{token_id}", missing="There is no such token."
    )
    async def revoke(self, call: Call) -> Json:
        """No account can be created with this token any more."""
        await self._tokens.revoke(call.path["token_id"])
        return EMPTY


def _shown(issued: IssuedToken) -> Token:
    token = issued.token
    return Token(issued.token_id, token.uses, token.uses_allowed, token.expires_at_ms, token.created_at_ms, token.label)


def operations(tokens: RegistrationTokens) -> list[Operation]:
    """The operations of this section."""
    return _section.of(TokenHandlers(tokens))
