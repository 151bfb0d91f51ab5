"""Who one is, one's password, and the end of one's account."""

import pytest

from sottovoce.domains.accounts.service.failed_logins import PER_ACCOUNT_AND_ADDRESS
from sottovoce.protocol.ids import UserId
from tests.helpers.account_server import PASSWORD, AccountServer
from tests.helpers.asgi import Reply
from tests.helpers.people import Person

NEW_PASSWORD = "another password of many words"


def proof(password: str = PASSWORD, **more: object) -> dict[str, object]:
    identifier = {"type": "m.id.user", "user": "alice"}
    return {"type": "m.login.password", "identifier": identifier, "password": password, **more}


async def change(person: Person, **body: object) -> Reply:
    return await person.post("account/password", {"new_password": NEW_PASSWORD, "auth": proof()} | body)


async def test_whoami_tells_person_and_device(alice: Person) -> None:
    told = {"user_id": alice.user_id, "device_id": alice.device_id}
    assert await alice.done("GET", "account/whoami") == told


async def test_a_new_password_has_to_be_proved_with_the_old_one(server: AccountServer, alice: Person) -> None:
    told = await change(alice, auth=None)
    assert told.status == 401
    assert told.json["flows"] == [{"stages": ["m.login.password"]}]
    reply = await change(alice, auth=proof(session=told.json["session"]))
    assert (reply.status, reply.json) == (200, {})
    assert (await server.login()).status == 403
    assert (await server.login(password=NEW_PASSWORD)).status == 200


async def test_a_new_password_signs_out_the_other_devices(server: AccountServer, alice: Person) -> None:
    other = server.signed_in(await server.login())
    await change(alice)
    assert (await other.get("account/whoami")).status == 401
    assert (await alice.get("account/whoami")).status == 200


async def test_a_new_password_leaves_the_other_devices_if_asked(server: AccountServer, alice: Person) -> None:
    other = server.signed_in(await server.login())
    assert (await change(alice, logout_devices=False)).status == 200
    assert (await other.get("account/whoami")).status == 200


@pytest.mark.parametrize(
    "auth",
    [
        proof("wrong"),
        proof() | {"password": None},
        proof() | {"identifier": {"type": "m.id.user", "user": "bob"}},
        proof() | {"identifier": {"type": "m.id.thirdparty"}},
        proof() | {"user": "bob"},
    ],
)
async def test_a_proof_that_fails_may_be_tried_again(
    server: AccountServer, alice: Person, bob: Person, auth: dict[str, object]
) -> None:
    failed = await change(alice, auth=auth)
    assert (failed.status, failed.errcode) == (401, "M_FORBIDDEN")
    assert (await server.login()).status == 200
    assert (await change(alice, auth=proof(session=failed.json["session"]))).status == 200


async def test_proofs_are_slowed_as_logins_are(alice: Person) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS.burst):
        assert (await change(alice, auth=proof("wrong"))).status == 401
    reply = await change(alice)
    assert (reply.status, reply.errcode) == (429, "M_LIMIT_EXCEEDED")


async def test_a_proof_serves_its_own_request_only(server: AccountServer, alice: Person, bob: Person) -> None:
    weak_later = await change(alice, auth=proof("wrong"))
    session = weak_later.json["session"]
    assert (await bob.post("account/deactivate", {"auth": {"session": session}})).status == 401
    assert (await alice.post("account/deactivate", {"auth": {"session": session}})).status == 401
    assert (await change(alice, auth=proof(session=session))).status == 200
    assert (await change(alice, auth={"session": session})).status == 401


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"new_password": "short"}, "M_WEAK_PASSWORD"),
        ({"new_password": None}, "M_BAD_JSON"),
    ],
)
async def test_a_password_that_cannot_be_is_refused(alice: Person, body: dict[str, object], errcode: str) -> None:
    reply = await change(alice, **body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_a_password_change_names_the_new_password(alice: Person) -> None:
    assert (await alice.post("account/password", {})).errcode == "M_MISSING_PARAM"


async def test_a_deactivated_account_is_closed_for_good(server: AccountServer, alice: Person) -> None:
    other = server.signed_in(await server.login())
    assert (await alice.post("account/deactivate", {})).status == 401
    reply = await alice.post("account/deactivate", {"auth": proof()})
    assert (reply.status, reply.json) == (200, {"id_server_unbind_result": "success"})
    for person in (alice, other):
        assert (await person.get("account/whoami")).status == 401
    assert (await server.login()).errcode == "M_FORBIDDEN"
    assert (await server.register("alice")).errcode == "M_USER_IN_USE"
    assert not await server.accounts.exists(UserId(alice.user_id))


async def test_a_password_reset_signs_everybody_out(server: AccountServer, alice: Person) -> None:
    await server.accounts.users.change_password(UserId(alice.user_id), NEW_PASSWORD)
    assert (await alice.get("account/whoami")).status == 401
    assert (await server.login(password=NEW_PASSWORD)).status == 200
