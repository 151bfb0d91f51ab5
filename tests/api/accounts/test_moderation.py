"""Locking, suspending and looking up accounts, by administrators."""

import pytest

from sottovoce.infra.db.model import Batch, Database, Statement
from tests.helpers.account_server import NAME, PASSWORD, AccountServer
from tests.helpers.asgi import segment
from tests.helpers.people import Person

V1, UNSTABLE = "/_matrix/client/v1/admin", "/_matrix/client/unstable/uk.timedout.msc4323/admin"
_MAKE_ADMIN = Statement("users", "UPDATE users SET is_admin = 1 WHERE user_id = $1")


@pytest.fixture
async def admin(server: AccountServer, chosen_database: Database) -> Person:
    admin = await server.person("admin")
    batch = Batch()
    batch.write(_MAKE_ADMIN, admin.user_id)
    await chosen_database.commit(batch)
    return server.signed_in(await server.login("admin"))


def path(verb: str, user_id: str, base: str = V1) -> str:
    return f"{base}/{verb}/{segment(user_id)}"


@pytest.mark.parametrize("base", [V1, UNSTABLE])
@pytest.mark.parametrize(("verb", "field"), [("lock", "locked"), ("suspend", "suspended")])
async def test_an_administrator_sees_and_changes_the_standing_of_an_account(
    server: AccountServer, admin: Person, alice: Person, base: str, verb: str, field: str
) -> None:
    at = path(verb, alice.user_id, base)
    for value in (True, False):
        assert await admin.done("PUT", at, {field: value}) == {field: value}
        assert await admin.done("GET", at) == {field: value}
        await server.restart()
        admin.app = server.app
        assert await admin.done("GET", at) == {field: value}


async def test_a_locked_account_can_only_be_signed_out(server: AccountServer, admin: Person, alice: Person) -> None:
    await alice.done("GET", "account/whoami")
    await admin.done("PUT", path("lock", alice.user_id), {"locked": True})
    for method, at in (("GET", "account/whoami"), ("GET", "devices"), ("PUT", f"profile/{alice.user_id}/displayname")):
        reply = await alice.request(method, at, json={"displayname": "Alice"})
        assert (reply.status, reply.errcode, reply.json["soft_logout"]) == (401, "M_USER_LOCKED", True)
    await alice.done("POST", "logout")
    assert (await alice.get("account/whoami")).errcode == "M_UNKNOWN_TOKEN"


async def test_an_unlocked_account_is_used_on_with_the_same_token(
    server: AccountServer, admin: Person, alice: Person
) -> None:
    await admin.done("PUT", path("lock", alice.user_id), {"locked": True})
    assert (await alice.get("devices")).status == 401
    await admin.done("PUT", path("lock", alice.user_id), {"locked": False})
    assert (await alice.get("devices")).status == 200


async def test_nobody_signs_in_to_a_locked_account_nor_refreshes(
    server: AccountServer, admin: Person, alice: Person
) -> None:
    tokens = (await server.login(refresh_token=True)).json
    await admin.done("PUT", path("lock", alice.user_id), {"locked": True})
    refreshed = await server.client.post("/_matrix/client/v3/refresh", {"refresh_token": tokens["refresh_token"]})
    for reply in (await server.login(), refreshed):
        assert (reply.status, reply.errcode, reply.json["soft_logout"]) == (401, "M_USER_LOCKED", True)
    assert (await server.login(password="wrong")).status == 403


async def test_a_suspended_person_reads_and_goes_and_does_not_change_their_profile(
    server: AccountServer, admin: Person, alice: Person
) -> None:
    await admin.done("PUT", path("suspend", alice.user_id), {"suspended": True})
    at = f"profile/{segment(alice.user_id)}/displayname"
    for method in ("PUT", "DELETE"):
        reply = await alice.request(method, at, json={"displayname": "Alice"})
        assert (reply.status, reply.errcode) == (403, "M_USER_SUSPENDED")
    assert (await alice.get(f"profile/{segment(alice.user_id)}")).status == 200
    other = server.signed_in(await server.login())
    assert (await other.put(at, {"displayname": "Alice"})).errcode == "M_USER_SUSPENDED"
    auth = {"type": "m.login.password", "password": PASSWORD}
    await alice.done("DELETE", f"devices/{other.device_id}", {"auth": auth})
    await alice.done("POST", "account/deactivate", {"auth": auth})


@pytest.mark.parametrize(("verb", "field"), [("lock", "locked"), ("suspend", "suspended")])
async def test_only_administrators_moderate_and_others_learn_nothing(
    server: AccountServer, alice: Person, bob: Person, verb: str, field: str
) -> None:
    for target in (bob.user_id, f"@nobody:{NAME}", "@a:elsewhere.org", "nonsense"):
        for reply in (await alice.get(path(verb, target)), await alice.put(path(verb, target), {field: True})):
            assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize(
    ("target", "status", "errcode"),
    [
        ("@alice:elsewhere.org", 400, "M_INVALID_PARAM"),
        ("nonsense", 400, "M_INVALID_PARAM"),
        (f"@nobody:{NAME}", 404, "M_NOT_FOUND"),
        (f"@gone:{NAME}", 404, "M_NOT_FOUND"),
        (f"@boss:{NAME}", 403, "M_FORBIDDEN"),
    ],
)
async def test_what_cannot_be_moderated_is_told(
    server: AccountServer, admin: Person, chosen_database: Database, target: str, status: int, errcode: str
) -> None:
    gone, boss = await server.person("gone"), await server.person("boss")
    await server.accounts.users.deactivate(server.signed_in(await server.login("gone")).user_id)  # type: ignore[arg-type]
    batch = Batch()
    batch.write(_MAKE_ADMIN, boss.user_id)
    await chosen_database.commit(batch)
    assert (await gone.get("devices")).status == 401
    for reply in (await admin.get(path("lock", target)), await admin.put(path("suspend", target), {"suspended": True})):
        assert (reply.status, reply.errcode) == (status, errcode)


async def test_nobody_moderates_themselves(server: AccountServer, admin: Person) -> None:
    assert await admin.done("GET", path("lock", admin.user_id)) == {"locked": False}
    reply = await admin.put(path("lock", admin.user_id), {"locked": True})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize(("body", "errcode"), [({}, "M_MISSING_PARAM"), ({"locked": "yes"}, "M_BAD_JSON")])
async def test_a_lock_says_whether(admin: Person, alice: Person, body: dict[str, object], errcode: str) -> None:
    reply = await admin.put(path("lock", alice.user_id), body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_whois_tells_oneself_and_administrators_where_an_account_is_signed_in(
    server: AccountServer, admin: Person, alice: Person, bob: Person
) -> None:
    at = f"admin/whois/{segment(alice.user_id)}"
    told = await alice.done("GET", at)
    assert told == await admin.done("GET", at)
    assert told["user_id"] == alice.user_id
    connection = told["devices"][alice.device_id]["sessions"][0]["connections"][0]
    assert connection == {"ip": "127.0.0.1", "last_seen": server.clock.now_ms()}
    for target in (alice.user_id, f"@nobody:{NAME}"):
        reply = await bob.get(f"admin/whois/{segment(target)}")
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert (await admin.get(f"admin/whois/{segment(f'@nobody:{NAME}')}")).errcode == "M_NOT_FOUND"
