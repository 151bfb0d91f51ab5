"""Another password for whoever lost theirs, proved by an e-mail address."""

from ..model import AddressesRefused, EmailRequest, ValidationPurpose
from .email_validations import EmailValidations
from .interactive import Auth, Interactive, Passed
from .stages import EMAIL, EmailStage
from .users import Users


class Recovery:
    """Passwords of people who cannot sign in. Spec: client-server, Password management."""

    def __init__(self, users: Users, validations: EmailValidations, interactive: Interactive) -> None:
        self._users = users
        self._validations = validations
        self._interactive = interactive

    async def request(self, asked: EmailRequest) -> str:
        """As EmailValidations.request. Raises AddressesRefused where there is no mail."""
        if not self._validations.is_possible:
            raise AddressesRefused("This server sends no mail")
        return await self._validations.request(ValidationPurpose.RESET, asked)

    async def reset(self, auth: Auth | None, password: str, *, signs_out: bool) -> None:
        """The account whose address was proved has this password and, if it `signs_out`, no device.

        Raises InteractionNeeded, WeakPassword, InvalidValue, ProfileNotFound, TooManyAttempts.
        """
        self._users.check_password(password)
        stage = EmailStage(self._validations, ValidationPurpose.RESET)

        async def change(passed: Passed) -> None:
            user_id, validation = await stage.owner(passed)
            await self._users.change_password(user_id, password, signs_out=signs_out, also_use=validation)

        await self._interactive.perform("reset password", auth, [[EMAIL]], {EMAIL: stage.pass_}, change)
