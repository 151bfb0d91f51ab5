"""How people show that an e-mail address is theirs: they open a link that was sent to it.

Who asks is told the same whether somebody has the address or not; only the mail says it.
"""

from urllib.parse import urlencode

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.infra.mail import MailFailed
from sottovoce.protocol.ids import UserId

from ..model import (
    AccountSettings,
    EmailRequest,
    EmailValidation,
    MailNotSent,
    TooManyAttempts,
    ValidationExpired,
    ValidationPurpose,
    WrongValidationToken,
)
from ..ports import ContactStore, Mailbox
from ..rules import Allowance, check_client_secret, check_email, check_next_link, check_send_attempt, hash_of, spend
from . import mails
from .identity import Identity

EMAIL = "email"
SID_BYTES = 15
TOKEN_BYTES = 24
LIFETIME_MS = 3_600_000
PER_ADDRESS = Allowance(burst=5, refill_ms=300_000)
MAX_REMEMBERED_ADDRESSES = 10_000
PAGE = "/_sottovoce/v1/email/confirm"


class EmailValidations:
    """Sends links and knows which were opened. Spec: client-server, POST …/email/requestToken."""

    def __init__(
        self,
        database: Database,
        store: ContactStore,
        mail: Mailbox | None,
        identity: Identity,
        clock: Clock,
        ids: Ids,
        settings: AccountSettings,
    ) -> None:
        self._database = database
        self._store = store
        self._mail = mail
        self._identity = identity
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._settled_at_ms: dict[str, int] = {}

    @property
    def is_possible(self) -> bool:
        """Whether this server sends mail."""
        return self._mail is not None

    async def request(self, purpose: int, asked: EmailRequest) -> str:
        """The id of the validation; a mail is on its way, with a link or with the reason why there is none.

        Raises InvalidValue, TooManyAttempts, MailNotSent.
        """
        address = check_email(asked.email)
        secret_hash = hash_of(check_client_secret(asked.client_secret))
        next_link, send_attempt = check_next_link(asked.next_link), check_send_attempt(asked.send_attempt)
        known = await self._store.find_same_validation(purpose, address, secret_hash)
        now_ms = self._clock.now_ms()
        if known is not None and known.expires_at_ms > now_ms and send_attempt <= known.send_attempt:
            return known.sid
        self._count(address, now_ms)
        sid = self._ids.url_safe(SID_BYTES) if known is None else known.sid
        token = self._ids.url_safe(TOKEN_BYTES)
        text = await self._text(purpose, address, sid, asked.client_secret, token)
        token_hash = hash_of(token if text.is_link else self._ids.url_safe(TOKEN_BYTES))
        batch = Batch()
        self._store.remove_validations_before(batch, now_ms)
        validated = None if known is None or known.expires_at_ms <= now_ms else known.validated_at_ms
        self._store.set_validation(
            batch,
            EmailValidation(
                sid,
                purpose,
                address,
                secret_hash,
                token_hash,
                send_attempt,
                next_link,
                now_ms + LIFETIME_MS,
                validated,
            ),
        )
        await self._database.commit(batch)
        await self._send(address, text.text)
        return sid

    async def submit(self, sid: str, client_secret: str, token: str) -> str | None:
        """The address is theirs who opened the link; where they want to go on.

        Raises WrongValidationToken, ValidationExpired.
        """
        validation = await self._found(sid, client_secret)
        if validation is None or validation.token_hash != hash_of(token):
            raise WrongValidationToken("This link is not valid")
        if validation.expires_at_ms <= self._clock.now_ms():
            raise ValidationExpired("This link has expired")
        if validation.validated_at_ms is None:
            batch = Batch()
            self._store.set_validation(batch, validation._replace(validated_at_ms=self._clock.now_ms()))
            await self._database.commit(batch)
        return validation.next_link

    async def proven(self, purpose: int, sid: object, client_secret: object) -> EmailValidation | None:
        """The validation, if its link was opened and it is for this purpose."""
        if not isinstance(sid, str) or not isinstance(client_secret, str) or "\0" in sid:
            return None
        validation = await self._found(sid, client_secret)
        if validation is None or validation.purpose != purpose or validation.expires_at_ms <= self._clock.now_ms():
            return None
        return None if validation.validated_at_ms is None else validation

    async def owner_of(self, address: str) -> UserId | None:
        """Whose address it is."""
        return await self._store.find_owner(EMAIL, address)

    def use(self, batch: Batch, validation: EmailValidation) -> None:
        """With the batch the validation has served."""
        self._store.remove_validation(batch, validation.sid)

    async def _found(self, sid: str, client_secret: str) -> EmailValidation | None:
        validation = await self._store.find_validation(sid)
        return validation if validation is not None and validation.secret_hash == hash_of(client_secret) else None

    async def _text(self, purpose: int, address: str, sid: str, client_secret: str, token: str) -> "_Text":
        name, owner = self._identity.name, await self.owner_of(address)
        query = urlencode({"sid": sid, "client_secret": client_secret, "token": token})
        link = f"{(self._settings.public_url or '').rstrip('/')}{PAGE}?{query}"
        if purpose == ValidationPurpose.RESET:
            return _Text(mails.unknown(name), False) if owner is None else _Text(mails.reset(name, link), True)
        return _Text(mails.confirm(name, link), True) if owner is None else _Text(mails.in_use(name), False)

    async def _send(self, address: str, text: mails.Text) -> None:
        assert self._mail is not None, "a server that sends no mail takes no such request"
        try:
            await self._mail.send(address, text.subject, text.body)
        except MailFailed as cause:
            raise MailNotSent("The mail could not be sent, try again later") from cause

    def _count(self, address: str, now_ms: int) -> None:
        if not self._settings.slows_failed_logins:
            return
        settled_ms, wait_ms = spend(PER_ADDRESS, self._settled_at_ms.pop(address, 0), now_ms)
        self._settled_at_ms[address] = settled_ms
        if len(self._settled_at_ms) > MAX_REMEMBERED_ADDRESSES:
            del self._settled_at_ms[next(iter(self._settled_at_ms))]
        if wait_ms > 0:
            raise TooManyAttempts(wait_ms)


class _Text:
    """A mail, and whether it holds the link."""

    __slots__ = ("is_link", "text")

    def __init__(self, text: mails.Text, is_link: bool) -> None:
        self.text = text
        self.is_link = is_link
