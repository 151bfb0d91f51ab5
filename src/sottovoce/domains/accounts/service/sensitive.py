"""What a stolen token must not be enough for: these ask for the password again.

App services are not asked: their users have no passwords. Spec: application-service, Device management.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ..model import Caller, InvalidValue, WrongCredentials
from ..rules import check_device_ids, name_in, signing_in_user_id
from .contacts import Contacts
from .identity import Identity
from .interactive import Auth, Interactive, Passed, StageFailed
from .passes import Passes
from .sessions import Sessions
from .users import Users

PASSWORD = "m.login.password"

T = TypeVar("T")


class Sensitive:
    """Actions of somebody signed in who has to show that it is them. All raise InteractionNeeded, TooManyAttempts."""

    def __init__(
        self,
        users: Users,
        sessions: Sessions,
        passes: Passes,
        contacts: Contacts,
        interactive: Interactive,
        identity: Identity,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._passes = passes
        self._contacts = contacts
        self._interactive = interactive
        self._identity = identity

    async def delete_devices(
        self, caller: Caller, client_ip: str, auth: Auth | None, device_ids: Sequence[str]
    ) -> None:
        """The devices are gone with all their tokens, or were before.

        Raises InvalidValue. Spec: client-server, Device management.
        """
        ids = check_device_ids(device_ids)

        async def delete(passed: Passed) -> None:
            await self._sessions.close(caller.user_id, ids)

        await self.perform("delete devices " + " ".join(sorted(ids)), caller, client_ip, auth, delete)

    async def change_password(
        self, caller: Caller, client_ip: str, auth: Auth | None, password: str, *, signs_out: bool
    ) -> None:
        """The password is the new one and, if it `signs_out`, the caller's device the only one left.

        Raises WeakPassword, InvalidValue. Spec: client-server, Password management.
        """
        self._users.check_password(password)

        async def change(passed: Passed) -> None:
            await self._users.change_password(
                caller.user_id, password, except_device=caller.device_id, signs_out=signs_out
            )

        await self.perform("change password", caller, client_ip, auth, change)

    async def deactivate(self, caller: Caller, client_ip: str, auth: Auth | None, *, erases: bool) -> None:
        """See Users.deactivate."""

        async def deactivate(passed: Passed) -> None:
            await self._users.deactivate(caller.user_id, erases=erases)

        await self.perform("erase" if erases else "deactivate", caller, client_ip, auth, deactivate)

    async def add_contact(
        self, caller: Caller, client_ip: str, auth: Auth | None, sid: str, client_secret: str
    ) -> None:
        """The address that was proved is the account's.

        Raises AddressNotProven, AddressInUse. Spec: client-server, POST /account/3pid/add.
        """
        validation = await self._contacts.check_proven(sid, client_secret)

        async def add(passed: Passed) -> None:
            await self._contacts.add(caller.user_id, validation)

        await self.perform(f"add contact {sid}", caller, client_ip, auth, add)

    async def login_token(self, caller: Caller, client_ip: str, auth: Auth | None) -> str:
        """See Passes.issue_login; asked for anew each time. Spec: client-server, POST /login/get_token."""

        async def issue(passed: Passed) -> str:
            return await self._passes.issue_login(caller.user_id)

        return await self.perform("login token", caller, client_ip, auth, issue)

    async def perform(
        self,
        operation: str,
        caller: Caller,
        client_ip: str,
        auth: Auth | None,
        action: Callable[[Passed], Awaitable[T]],
    ) -> T:
        """The action is done, because the caller proved who they are, or is an app service.

        operation: names the action and all it is about. Raises what the action raises.
        """
        if caller.app_service is not None:
            return await action({})

        async def pass_password(proof: Auth) -> str:
            await self._check_proof(caller, client_ip, proof)
            return ""

        whose = f"{caller.user_id} {operation}"
        return await self._interactive.perform(whose, auth, [[PASSWORD]], {PASSWORD: pass_password}, action)

    async def _check_proof(self, caller: Caller, client_ip: str, proof: Auth) -> None:
        """Raises StageFailed, TooManyAttempts. Spec: client-server, Password-based."""
        password = proof.get("password")
        if not isinstance(password, str):
            raise StageFailed("M_FORBIDDEN", "The password is missing")
        try:
            self._check_is_caller(caller, proof)
            await self._users.confirm(caller.user_id, password, client_ip)
        except (WrongCredentials, InvalidValue) as failure:
            raise StageFailed("M_FORBIDDEN", str(failure)) from failure

    def _check_is_caller(self, caller: Caller, proof: Auth) -> None:
        identifier = proof.get("identifier")
        if isinstance(proof.get("user"), str):  # as clients wrote it before there were identifiers
            identifier = {"type": "m.id.user", "user": proof["user"]}
        if not isinstance(identifier, dict):
            return
        if signing_in_user_id(name_in(identifier), self._identity.name) != caller.user_id:
            raise WrongCredentials("That is another account's name")
