"""Addresses outside Matrix. Spec: client-server, Adding Account Administrative Contact Information; requestToken."""

import msgspec

from sottovoce.domains.accounts.model import (
    AddressesRefused,
    AddressNotFound,
    EmailRequest,
    MediumNotSupported,
    NoIdentityServer,
    ValidationPurpose,
)
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Auth, Route

ACCOUNT = "/_matrix/client/v3/account"
REGISTER = "/_matrix/client/v3/register"

_NO_PHONES = "This server calls no phones"


class _Credentials(msgspec.Struct):
    client_secret: str
    id_server: str
    id_access_token: str
    sid: str


class _OldCredentials(msgspec.Struct):
    three_pid_creds: _Credentials


class _Add(msgspec.Struct):
    client_secret: str
    sid: str
    auth: dict[str, object] | None = None


class _Address(msgspec.Struct):
    medium: str
    address: str
    id_server: str | None = None


class _PhoneRequest(msgspec.Struct):
    client_secret: str
    country: str
    phone_number: str
    send_attempt: int
    next_link: str | None = None


class ContactRoutes:
    """Handlers of addresses."""

    def __init__(self, accounts: Accounts) -> None:
        self._contacts = accounts.contacts
        self._email = accounts.email
        self._registration = accounts.registration
        self._recovery = accounts.recovery
        self._sensitive = accounts.sensitive

    async def list(self, call: Call) -> Json:
        """GET account/3pid."""
        return Json({"threepids": [_told(*contact) for contact in await self._contacts.of(call.caller.user_id)]})

    async def add_from_identity_server(self, call: Call) -> Json:
        """POST account/3pid, which became what bind is."""
        call.decode(_OldCredentials)
        raise NoIdentityServer("This server asks no identity server")

    async def bind(self, call: Call) -> Json:
        """POST account/3pid/bind."""
        call.decode(_Credentials)
        raise NoIdentityServer("This server asks no identity server")

    async def add(self, call: Call) -> Json:
        """POST account/3pid/add."""
        body = call.decode(_Add)
        await self._sensitive.add_contact(call.caller, call.client_ip, body.auth, body.sid, body.client_secret)
        return EMPTY

    async def delete(self, call: Call) -> Json:
        """POST account/3pid/delete."""
        body = _address(call)
        await self._contacts.remove(call.caller.user_id, body.medium, body.address)
        return Json({"id_server_unbind_result": "no-support"})

    async def unbind(self, call: Call) -> Json:
        """POST account/3pid/unbind."""
        _address(call)
        return Json({"id_server_unbind_result": "no-support"})

    async def request_to_add(self, call: Call) -> Json:
        """POST account/3pid/email/requestToken."""
        asked = call.decode(EmailRequest)
        if not self._email.is_possible:
            raise MediumNotSupported("This server sends no mail")
        return Json({"sid": await self._email.request(ValidationPurpose.ADD, asked)})

    async def request_to_register(self, call: Call) -> Json:
        """POST register/email/requestToken."""
        return Json({"sid": await self._registration.request_email(call.decode(EmailRequest))})

    async def request_to_reset(self, call: Call) -> Json:
        """POST account/password/email/requestToken."""
        return Json({"sid": await self._recovery.request(call.decode(EmailRequest))})

    async def phone_to_add(self, call: Call) -> Json:
        """POST account/3pid/msisdn/requestToken."""
        call.decode(_PhoneRequest)
        raise MediumNotSupported(_NO_PHONES)

    async def phone_to_register(self, call: Call) -> Json:
        """POST register/msisdn/requestToken."""
        call.decode(_PhoneRequest)
        raise AddressesRefused(_NO_PHONES)

    async def phone_to_reset(self, call: Call) -> Json:
        """POST account/password/msisdn/requestToken."""
        call.decode(_PhoneRequest)
        raise AddressNotFound("No account has this number")


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = ContactRoutes(accounts)
    signed_in = {
        "": own.add_from_identity_server,
        "/add": own.add,
        "/bind": own.bind,
        "/delete": own.delete,
        "/unbind": own.unbind,
    }
    requests = {
        f"{ACCOUNT}/3pid/email/requestToken": own.request_to_add,
        f"{ACCOUNT}/3pid/msisdn/requestToken": own.phone_to_add,
        f"{ACCOUNT}/password/email/requestToken": own.request_to_reset,
        f"{ACCOUNT}/password/msisdn/requestToken": own.phone_to_reset,
        f"{REGISTER}/email/requestToken": own.request_to_register,
        f"{REGISTER}/msisdn/requestToken": own.phone_to_register,
    }
    return [
        Route(method="GET", pattern=f"{ACCOUNT}/3pid", handler=own.list),
        *(Route(method="POST", pattern=f"{ACCOUNT}/3pid{at}", handler=verb) for at, verb in signed_in.items()),
        *(
            Route(method="POST", pattern=at, handler=verb, auth=Auth.NONE, limit="mail")
            for at, verb in requests.items()
        ),
    ]


def _address(call: Call) -> _Address:
    body = call.decode(_Address)
    if body.medium not in ("email", "msisdn"):
        raise invalid_param("medium", "must be email or msisdn")
    return body


def _told(medium: str, address: str, validated_at_ms: int, added_at_ms: int) -> dict[str, object]:
    return {"medium": medium, "address": address, "validated_at": validated_at_ms, "added_at": added_at_ms}
