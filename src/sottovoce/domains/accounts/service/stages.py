"""Stages of interactive authentication that several requests share. Spec: client-server, Authentication types."""

from typing import Literal

from sottovoce.protocol.ids import UserId

from ..model import AccountSettings, AddressNotFound, AddressNotProven, EmailValidation
from .email_validations import EmailValidations
from .interactive import Auth, Passed, StageFailed

DUMMY: Literal["m.login.dummy"] = "m.login.dummy"
TOKEN: Literal["m.login.registration_token"] = "m.login.registration_token"
TERMS: Literal["m.login.terms"] = "m.login.terms"
EMAIL: Literal["m.login.email.identity"] = "m.login.email.identity"


async def pass_dummy(auth: Auth) -> str:
    """Always passed."""
    return ""


class TermsStage:
    """People agree to the terms of the server. What is remembered of it is their version."""

    def __init__(self, settings: AccountSettings) -> None:
        self._url = settings.terms_url
        self._version = settings.terms_version

    async def pass_(self, auth: Auth) -> str:
        """Who sends it has agreed."""
        return self._version

    @property
    def params(self) -> dict[str, object]:
        """What the client shows before."""
        names = {"en": "Terms of Service", "it": "Condizioni d'uso"}
        texts = {language: {"name": name, "url": self._url} for language, name in names.items()}
        return {TERMS: {"policies": {"terms_of_service": {"version": self._version, **texts}}}}


class EmailStage:
    """People show that an address is theirs. What is remembered of it is the validation."""

    def __init__(self, validations: EmailValidations, purpose: int) -> None:
        self._validations = validations
        self._purpose = purpose

    async def pass_(self, auth: Auth) -> str:
        """The link that was sent has been opened. Raises StageFailed."""
        creds = auth.get("threepid_creds") or auth.get("threepidCreds")
        if not isinstance(creds, dict):
            raise StageFailed("M_UNAUTHORIZED", "threepid_creds are missing")
        sid, client_secret = creds.get("sid"), creds.get("client_secret")
        validation = await self._validations.proven(self._purpose, sid, client_secret)
        if validation is None:
            raise StageFailed("M_THREEPID_AUTH_FAILED", "The link that was sent has not been opened")
        return f"{validation.sid} {client_secret}"

    async def validation(self, passed: Passed) -> EmailValidation | None:
        """What was shown; None if this stage was not passed. Raises AddressNotProven if it holds no more."""
        if EMAIL not in passed:
            return None
        sid, _, client_secret = passed[EMAIL].partition(" ")
        validation = await self._validations.proven(self._purpose, sid, client_secret)
        if validation is None:
            raise AddressNotProven("The link has been used, or is too old")
        return validation

    async def owner(self, passed: Passed) -> tuple[UserId, EmailValidation]:
        """Whose address it is. Raises AddressNotProven, AddressNotFound."""
        validation = await self.validation(passed)
        owner = None if validation is None else await self._validations.owner_of(validation.address)
        if validation is None or owner is None:
            raise AddressNotFound("No account has this address")
        return owner, validation
