"""What the services of accounts keep in memory has its bounds, and is never older than a sign-out."""

import asyncio

import pytest

from sottovoce.domains.accounts.model import Caller, InteractionNeeded, TooManyAttempts
from sottovoce.domains.accounts.service import failed_logins, interactive
from sottovoce.domains.accounts.service.failed_logins import FailedLogins
from sottovoce.domains.accounts.service.interactive import Interactive
from sottovoce.domains.accounts.service.known_tokens import Known, KnownTokens
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.infra.passwords import TooManyWaiting
from sottovoce.protocol.ids import DeviceId, UserId
from tests.helpers.account_server import AccountServer
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person

ANNA, BRUNO = UserId("@anna:test"), UserId("@bruno:test")


def known(user_id: UserId, device_id: str = "PHONE") -> Known:
    return Known(Caller(user_id, DeviceId(device_id), is_admin=False), None, 0)


def test_of_too_many_tokens_the_one_known_longest_goes() -> None:
    tokens = KnownTokens(max_known=2)
    for name in (b"1", b"2", b"3"):
        tokens.add(name, known(ANNA), 0)
    assert tokens.find(b"1") is None
    assert tokens.find(b"2")
    assert tokens.find(b"3")


def test_a_device_is_forgotten_without_the_others() -> None:
    tokens = KnownTokens()
    tokens.add(b"phone", known(ANNA), 0)
    tokens.add(b"laptop", known(ANNA, "LAPTOP"), 0)
    tokens.add(b"bruno", known(BRUNO), 0)
    tokens.forget(ANNA, DeviceId("PHONE"))
    assert [tokens.find(name) is not None for name in (b"phone", b"laptop", b"bruno")] == [False, True, True]
    tokens.forget(ANNA)
    assert [tokens.find(name) is not None for name in (b"phone", b"laptop", b"bruno")] == [False, False, True]


def test_a_token_read_before_a_sign_out_is_not_kept() -> None:
    tokens = KnownTokens()
    times_forgotten = tokens.times_forgotten
    tokens.forget(ANNA)
    tokens.add(b"phone", known(ANNA), times_forgotten)
    assert tokens.find(b"phone") is None


async def test_a_sign_out_that_nobody_waits_for_still_counts(
    server: AccountServer, alice: Person, chosen_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = chosen_database.submit

    def submit_and_give_up(batch: Batch) -> asyncio.Future[None]:
        closing.cancel()
        return submit(batch)

    monkeypatch.setattr(chosen_database, "submit", submit_and_give_up)
    closing = asyncio.ensure_future(  # noqa: TID251 - the request that is given up
        server.accounts.sessions.close_all(UserId(alice.user_id))
    )
    with pytest.raises(asyncio.CancelledError):
        await closing
    for _ in range(200):
        if (await alice.get("account/whoami")).status == 401:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the device is still signed in")


def test_attempts_are_remembered_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_logins, "MAX_REMEMBERED", 30)
    attempts = FailedLogins(FakeClock(), is_on=True)
    for number in range(100):
        attempts.count(None, f"name{number}", f"address{number}")
    assert len(attempts._settled_at_ms) <= 30 + 3


def test_an_address_that_tries_many_names_is_slowed() -> None:
    attempts = FailedLogins(FakeClock(), is_on=True)
    for number in range(failed_logins.PER_ADDRESS.burst):
        attempts.count(None, f"name{number}", "address")
    with pytest.raises(TooManyAttempts):
        attempts.count(None, "yet another", "address")


def test_an_account_tried_from_many_addresses_is_slowed() -> None:
    attempts = FailedLogins(FakeClock(), is_on=True)
    for number in range(failed_logins.PER_ACCOUNT.burst):
        attempts.count(ANNA, "anna", f"address{number}")
    with pytest.raises(TooManyAttempts):
        attempts.count(ANNA, "anna", "yet another")


def test_nothing_is_slowed_where_that_is_off() -> None:
    attempts = FailedLogins(FakeClock(), is_on=False)
    for _ in range(1000):
        attempts.count(ANNA, "anna", "address")
    assert attempts._settled_at_ms == {}


async def test_of_too_many_sessions_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive, "MAX_SESSIONS", 3)
    sessions = Interactive(FakeClock(), Ids())
    for number in range(10):
        with pytest.raises(InteractionNeeded):
            await sessions.perform(f"operation {number}", None, [["stage"]], {}, lambda passed: asyncio.sleep(0))
    assert len(sessions._sessions) == 3


async def test_stages_are_passed_in_the_order_of_their_flow() -> None:
    sessions = Interactive(FakeClock(), Ids())
    flows = [["one", "two"], ["three"]]

    async def passes(auth: object) -> str:
        return "remembered"

    async def done(passed: object) -> object:
        return passed

    stages = {"one": passes, "two": passes, "three": passes}
    with pytest.raises(InteractionNeeded) as first:
        await sessions.perform("op", {"type": "two"}, flows, stages, done)
    assert first.value.body["errcode"] == "M_UNRECOGNIZED"
    session = first.value.body["session"]
    with pytest.raises(InteractionNeeded) as second:
        await sessions.perform("op", {"type": "one", "session": session}, flows, stages, done)
    assert second.value.body["completed"] == ["one"]
    passed = await sessions.perform("op", {"type": "two", "session": session}, flows, stages, done)
    assert passed == {"one": "remembered", "two": "remembered"}


async def test_a_crowd_at_the_door_is_told_to_come_back(
    server: AccountServer, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_full(*arguments: object) -> bool:
        raise TooManyWaiting

    monkeypatch.setattr(server.passwords, "verify", is_full)
    monkeypatch.setattr(server.passwords, "hash", is_full)
    for reply in (await server.login(), await server.register("bob")):
        assert (reply.status, reply.errcode) == (429, "M_LIMIT_EXCEEDED")
