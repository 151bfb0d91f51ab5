"""People: who has an account, and what they may do with it."""

import msgspec

from sottovoce.domains.accounts.model import AccountSummary, NewAccount
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.rooms.service import Catalogue
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.protocol.ids import UserId

from .operation import FROM, LIMIT, PAGE_DEFAULT, PAGE_LIMIT, Operation, Parameter, Section

_MISSING = "Nobody here is called so."
_section = Section()
_SEARCH = Parameter("search", "What the address or the name has in it.", {"type": "string"})


class NewPerson(msgspec.Struct):
    """An account to be created. name: the part of the address before the colon."""

    name: str
    password: str
    display_name: str | None = None
    is_admin: bool = False


class PersonId(msgspec.Struct):
    """Who it was done for."""

    user_id: str


class Person(msgspec.Struct):
    """An account, without what belongs to the person alone."""

    user_id: str
    display_name: str | None
    is_admin: bool
    is_guest: bool
    created_at_ms: int
    deactivated_at_ms: int | None
    locked_at_ms: int | None
    suspended_at_ms: int | None
    devices: int
    last_seen_at_ms: int | None


class People(msgspec.Struct, omit_defaults=True):
    """A page of accounts, by address. next_from: absent on the last page."""

    people: list[Person]
    next_from: str | None = None


class NewPassword(msgspec.Struct):
    """A password to sign in with from now on."""

    password: str


class Rank(msgspec.Struct):
    """Whether the person administers the server."""

    is_admin: bool


class Locked(msgspec.Struct):
    """Whether nothing can be done with the account."""

    locked: bool


class Suspended(msgspec.Struct):
    """Whether the person may only read, and leave."""

    suspended: bool


class Ending(msgspec.Struct):
    """How an account ends. erase: what the person was called, and what was kept for them, goes too."""

    erase: bool = False


class Memberships(msgspec.Struct):
    """The chats a person has to do with: what they are to each."""

    rooms: dict[str, str]


class PeopleHandlers:
    """Handlers of everything about accounts. A person is named by address, or by the part before the colon."""

    def __init__(self, accounts: Accounts, catalogue: Catalogue) -> None:
        self._accounts = accounts
        self._catalogue = catalogue

    @_section.operation("listPeople", "GET", "people", answer=People, query=(FROM, LIMIT, _SEARCH))
    async def list(self, call: Call) -> Json:
        """The accounts of this server."""
        limit = call.query.number("limit", PAGE_DEFAULT, 1, PAGE_LIMIT)
        after, search = call.query.text("from") or "", call.query.text("search") or ""
        found = await self._accounts.roster.list(after, limit, search)
        following = found[-1].user_id if len(found) == limit else None
        return Json(People([_shown(each) for each in found], following))

    @_section.operation("createPerson", "POST", "people", answer=PersonId, body=NewPerson)
    async def create(self, call: Call) -> Json:
        """A new account."""
        asked = call.decode(NewPerson)
        account = NewAccount(
            username=asked.name, password=asked.password, display_name=asked.display_name, is_admin=asked.is_admin
        )
        user_id, _ = await self._accounts.users.create(account)
        return Json(PersonId(user_id))

    @_section.operation("showPerson", "GET", "people/{user_id}", answer=Person, missing=_MISSING)
    async def one(self, call: Call) -> Json:
        """One account."""
        return Json(_shown(await self._accounts.roster.one(self._named(call))))

    @_section.operation("listRoomsOfPerson", "GET", "people/{user_id}/rooms", answer=Memberships, missing=_MISSING)
    async def rooms(self, call: Call) -> Json:
        """What they are to which chats."""
        person = self._named(call)
        await self._accounts.roster.one(person)
        return Json(Memberships(await self._catalogue.memberships_of(person)))

    @_section.operation(
        "setPassword", "PUT", "people/{user_id}/password", answer=PersonId, body=NewPassword, missing=_MISSING
    )
    async def set_password(self, call: Call) -> Json:
        """They sign in with this password, and are signed out everywhere."""
        person = self._named(call)
        await self._accounts.users.change_password(person, call.decode(NewPassword).password)
        return Json(PersonId(person))

    @_section.operation("setAdministrator", "PUT", "people/{user_id}/admin", body=Rank, missing=_MISSING)
    async def set_rank(self, call: Call) -> Json:
        """They administer the server, or no longer do."""
        await self._accounts.roster.set_admin(self._named(call), is_admin=call.decode(Rank).is_admin)
        return EMPTY

    @_section.operation("lockPerson", "PUT", "people/{user_id}/locked", body=Locked, missing=_MISSING)
    async def lock(self, call: Call) -> Json:
        """Nothing can be done with the account, or it can again."""
        person = await self._accounts.roster.one(self._named(call))
        await self._accounts.moderation.set_locked(person.user_id, is_locked=call.decode(Locked).locked)
        return EMPTY

    @_section.operation("suspendPerson", "PUT", "people/{user_id}/suspended", body=Suspended, missing=_MISSING)
    async def suspend(self, call: Call) -> Json:
        """They may only read and leave, or do everything again."""
        person = await self._accounts.roster.one(self._named(call))
        await self._accounts.moderation.set_suspended(person.user_id, is_suspended=call.decode(Suspended).suspended)
        return EMPTY

    @_section.operation("signPersonOut", "POST", "people/{user_id}/sign_out", missing=_MISSING)
    async def sign_out(self, call: Call) -> Json:
        """They are signed in nowhere."""
        person = self._named(call)
        await self._accounts.roster.one(person)
        await self._accounts.sessions.close_all(person)
        return EMPTY

    @_section.operation("endAccount", "POST", "people/{user_id}/deactivate", body=Ending, missing=_MISSING)
    async def end(self, call: Call) -> Json:
        """The account is over, and out of every chat; nobody gets its name again."""
        person, ending = self._named(call), call.decode(Ending)
        await self._accounts.roster.one(person)
        await self._accounts.users.deactivate(person, erases=ending.erase)
        return EMPTY

    def _named(self, call: Call) -> UserId:
        return self._accounts.roster.named(call.path["user_id"])


def _shown(summary: AccountSummary) -> Person:
    return Person(*summary)


def operations(accounts: Accounts, catalogue: Catalogue) -> list[Operation]:
    """The operations of this section."""
    return _section.of(PeopleHandlers(accounts, catalogue))
