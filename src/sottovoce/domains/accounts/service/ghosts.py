"""Accounts that app services make and act as."""

from collections.abc import Sequence
from contextlib import suppress

from sottovoce.protocol.ids import DeviceId, ServerName, UserId, parse_user_id, server_of, user_id

from ..model import (
    NO_DEVICE,
    Caller,
    CannotActAs,
    Identifier,
    MissingValue,
    NameReserved,
    SignedIn,
    SignIn,
    UnknownDevice,
    UnknownToken,
    UserInUse,
    WrongCredentials,
)
from ..ports import AppService, AppServices, UserStore
from ..rules import name_in, new_user_id, signing_in_user_id
from .identity import Identity
from .sessions import Sessions
from .users import Users


class NoAppServices:
    """Implements ports.AppServices where there are none."""

    def all(self) -> Sequence[AppService]:
        return ()

    def find(self, token: str) -> AppService | None:
        return None

    def reserves_user(self, user_id: UserId) -> bool:
        return False

    async def bring_user(self, user_id: UserId) -> bool:
        return False


class Ghosts:
    """What app services may do with the accounts of their namespaces.

    Spec: application-service, Identity assertion; Server admin style permissions.
    """

    def __init__(
        self, store: UserStore, users: Users, sessions: Sessions, identity: Identity, services: AppServices
    ) -> None:
        self._store = store
        self._users = users
        self._sessions = sessions
        self._identity = identity
        self._services = services
        self.find = services.find

    @property
    def are_there(self) -> bool:
        """Whether there are app services."""
        return bool(self._services.all())

    async def caller(self, service: AppService, acting_as: str | None, device_id: str | None) -> Caller:
        """Whom the app service acts as in a request; its sender, if it does not say.

        Raises CannotActAs, UnknownDevice, Malformed. Spec: application-service, Identity assertion.
        """
        sender = self.sender_of(service)
        target = sender if acting_as is None else parse_user_id(acting_as)
        if not self._has(service, target):
            raise CannotActAs("This user is not in the app service's namespace")
        user = await self._store.find_user(target)
        if user is None or user.deactivated_at_ms is not None:
            raise CannotActAs("The app service has not registered this user")
        if device_id and not await self._sessions.is_signed_in(target, DeviceId(device_id)):
            raise UnknownDevice("The user has no such device")
        is_limited = service.is_rate_limited and target != sender
        is_locked, is_suspended = user.locked_at_ms is not None, user.suspended_at_ms is not None
        return Caller(
            target,
            DeviceId(device_id or NO_DEVICE),
            user.is_admin,
            service.id,
            is_limited,
            is_locked=is_locked,
            is_suspended=is_suspended,
            is_restricted=is_locked or is_suspended,
        )

    async def register(
        self, token: str, username: str | None, sign_in: SignIn | None
    ) -> tuple[UserId, SignedIn | None]:
        """The account exists, without a password, and is signed in on a device if `sign_in` asks for it.

        Raises UnknownToken, MissingValue, BadUsername, NameReserved, UserInUse, InvalidValue.
        """
        service = self._speaking(token)
        if username is None:
            raise MissingValue("An app service says which user it wants")
        wanted = new_user_id(username, self._identity.name)
        self._check_has(service, wanted)
        return wanted, await self._users.add(wanted, sign_in)

    async def sign_in(self, token: str, identifier: Identifier, sign_in: SignIn) -> SignedIn:
        """The device is signed in to the account of this name.

        Raises UnknownToken, NameReserved, WrongCredentials, InvalidValue.
        """
        service = self._speaking(token)
        wanted = signing_in_user_id(name_in(identifier), self._identity.name)
        if wanted is None:
            raise NameReserved("This user is not in the app service's namespace")
        self._check_has(service, wanted)
        if not await self._users.exists(wanted):
            raise WrongCredentials("Nobody is called so")
        return await self._sessions.open(wanted, sign_in)

    async def name_device(self, caller: Caller, device_id: str, name: str | None, client_ip: str) -> bool:
        """The user of the app service has this device, called so; whether it is new.

        Raises InvalidValue. Spec: application-service, Creating devices.
        """
        if await self._sessions.is_signed_in(caller.user_id, DeviceId(device_id)):
            await self._sessions.rename(caller.user_id, device_id, name)
            return False
        await self._sessions.add(caller.user_id, device_id, name, client_ip)
        return True

    async def add_senders(self) -> None:
        """Every app service has the account that it acts as by itself. Raises NotSetUp."""
        for service in self._services.all():
            sender = self.sender_of(service)
            if await self._store.find_user(sender) is None:
                with suppress(UserInUse):
                    await self._users.add(sender)

    def sender_of(self, service: AppService) -> UserId:
        """The user that the app service acts as by itself. Raises NotSetUp."""
        return sender_in(service, self._identity.name)

    def _speaking(self, token: str) -> AppService:
        service = self._services.find(token)
        if service is None:
            raise UnknownToken(soft_logout=False)
        return service

    def _has(self, service: AppService, wanted: UserId) -> bool:
        is_here = server_of(wanted) == self._identity.name
        return is_here and (wanted == self.sender_of(service) or service.has_user(wanted))

    def _check_has(self, service: AppService, wanted: UserId) -> None:
        if not self._has(service, wanted):
            raise NameReserved("This user is not in the app service's namespace")


def sender_in(service: AppService, server: ServerName) -> UserId:
    """The user that the app service acts as by itself on this server."""
    return user_id(service.sender_localpart, server)
