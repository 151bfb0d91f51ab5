"""Registration tokens, as an administrator handles them."""

from tests.api.admin.conftest import ADMIN
from tests.helpers.people import Person

TOKENS = f"{ADMIN}/registration_tokens"


async def test_token_is_told_once_and_listed_by_an_id_that_opens_nothing(anna: Person) -> None:
    asked = {"uses_allowed": 2, "lifetime_ms": 60_000, "label": "the choir"}
    token = (await anna.done("POST", TOKENS, asked))["token"]
    (listed,) = (await anna.done("GET", TOKENS))["tokens"]
    assert (listed["uses"], listed["uses_allowed"], listed["label"]) == (0, 2, "the choir")
    assert listed["expires_at_ms"] == listed["created_at_ms"] + 60_000
    assert token not in str(listed)


async def test_revoked_token_lets_nobody_in(anna: Person) -> None:
    token = (await anna.done("POST", TOKENS, {}))["token"]
    validity = "/_matrix/client/v1/register/m.login.registration_token/validity"
    assert (await anna.done("GET", validity, query={"token": token})) == {"valid": True}
    (listed,) = (await anna.done("GET", TOKENS))["tokens"]
    await anna.done("DELETE", f"{TOKENS}/{listed['token_id']}")
    assert (await anna.done("GET", TOKENS)) == {"tokens": []}
    reply = await anna.request("DELETE", f"{TOKENS}/{listed['token_id']}")
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_nobody_but_an_administrator_gets_in(alice: Person) -> None:
    for method, path in (("GET", TOKENS), ("POST", TOKENS), ("GET", f"{ADMIN}/openapi.json")):
        reply = await alice.request(method, path)
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_token_without_end_of_uses_has_no_number_below_one(anna: Person) -> None:
    for bad in ({"uses_allowed": 0}, {"lifetime_ms": -1}, {"label": "x" * 101}, {"label": "\0"}, {"uses_allowed": "2"}):
        assert (await anna.request("POST", TOKENS, json=bad)).status == 400
