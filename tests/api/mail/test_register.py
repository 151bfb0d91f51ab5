"""Registering with an e-mail address."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.mail.conftest import Post
from tests.helpers.asgi import Reply
from tests.helpers.mailbox import MailServer
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

REGISTER = "/_matrix/client/v3/register"
PASSWORD = "a password of many words"
EMAIL = "m.login.email.identity"


async def register(post: Post, credentials: dict[str, str] | None, name: str = "anna") -> Reply:
    auth = {"type": EMAIL, "threepid_creds": credentials}
    return await post.client.post(REGISTER, {"username": name, "password": PASSWORD, "auth": auth})


async def signed_in(post: Post, reply: Reply) -> Person:
    assert reply.status == 200, reply.body
    return Person(post.client.app, reply.json["user_id"], reply.json["device_id"], reply.json["access_token"])


async def addresses(person: Person) -> list[str]:
    return [each["address"] for each in (await person.done("GET", "account/3pid"))["threepids"]]


async def test_an_address_may_be_given_or_not(post: Post) -> None:
    told = (await post.client.post(REGISTER, {})).json
    assert told["flows"] == [{"stages": ["m.login.dummy"]}, {"stages": [EMAIL]}]
    body = {"username": "bruno", "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
    assert await addresses(await signed_in(post, await post.client.post(REGISTER, body))) == []


async def test_an_address_that_was_proved_is_the_new_accounts(post: Post) -> None:
    credentials = await post.proven("register", "Anna@Example.org")
    anna = await signed_in(post, await register(post, credentials))
    (told,) = (await anna.done("GET", "account/3pid"))["threepids"]
    assert (told["medium"], told["address"]) == ("email", "anna@example.org")
    assert told["validated_at"] <= told["added_at"]
    again = await register(post, credentials, "bruno")
    assert (again.status, again.errcode) == (401, "M_THREEPID_AUTH_FAILED")


async def test_until_the_link_is_opened_the_stage_may_be_tried_again(post: Post) -> None:
    credentials = await post.asked("register")
    reply = await register(post, credentials)
    assert (reply.status, reply.errcode) == (401, "M_THREEPID_AUTH_FAILED")
    assert (await post.open(post.mail.link("anna@example.org"))).status == 200
    auth = {"type": EMAIL, "threepid_creds": credentials, "session": reply.json["session"]}
    body = {"username": "anna", "password": PASSWORD, "auth": auth}
    assert (await post.client.post(REGISTER, body)).status == 200


@pytest.mark.parametrize(
    "credentials",
    [
        {"sid": "unknown", "client_secret": "x"},
        {"sid": 7, "client_secret": []},
        {"sid": "a\0b", "client_secret": "x"},
        {"sid": "unknown"},
        {},
        None,
        "text",
    ],
)
async def test_what_proves_nothing_is_refused(post: Post, credentials: dict[str, str]) -> None:
    reply = await register(post, credentials)
    assert reply.status == 401
    assert reply.errcode in ("M_THREEPID_AUTH_FAILED", "M_UNAUTHORIZED")


async def test_another_clients_secret_proves_nothing(post: Post) -> None:
    credentials = await post.proven("register")
    assert (await register(post, credentials | {"client_secret": "another"})).status == 401


async def test_an_address_proved_for_something_else_does_not_register(post: Post) -> None:
    anna = await signed_in(post, await register(post, await post.proven("register")))
    assert await addresses(anna) == ["anna@example.org"]
    credentials = await post.proven("account/password")
    assert (await register(post, credentials, "bruno")).status == 401


async def test_an_address_that_somebody_has_gets_a_mail_without_a_link_and_the_asker_learns_nothing(post: Post) -> None:
    await register(post, await post.proven("register"))
    before = len(post.mail.messages)
    credentials = await post.asked("register", client_secret="another", send_attempt=1)
    assert len(post.mail.messages) == before + 1
    assert "https://" not in post.mail.texts("anna@example.org")[-1]
    reply = await register(post, {"sid": credentials["sid"], "client_secret": "another"}, "bruno")
    assert reply.errcode == "M_THREEPID_AUTH_FAILED"


async def test_of_two_who_proved_one_address_one_gets_it(post: Post) -> None:
    first = await post.proven("register")
    second = await post.asked("register", client_secret="another")
    assert (await post.open(post.mail.link("anna@example.org"))).status == 200
    assert (await register(post, first)).status == 200
    reply = await register(post, second | {"client_secret": "another"}, "bruno")
    assert (reply.status, reply.errcode) == (400, "M_THREEPID_IN_USE")


async def test_a_server_may_require_an_address_and_consent_to_its_terms(
    tmp_path: Path, new_database: Callable[[], str | None], mail: MailServer, mail_settings: dict[str, object]
) -> None:
    terms = {"terms_url": "https://example.org/terms", "terms_version": "2.1"}
    settings: dict[str, object] = {**mail_settings, **terms, "registration_email": "on"}
    server = RunningServer(tmp_path, None, database=new_database(), **settings)
    await server.start()
    post = Post(server, mail)
    told = (await post.client.post(REGISTER, {})).json
    assert told["flows"] == [{"stages": ["m.login.terms", EMAIL]}]
    policy = told["params"]["m.login.terms"]["policies"]["terms_of_service"]
    assert policy["version"] == "2.1"
    assert policy["en"] == {"name": "Terms of Service", "url": "https://example.org/terms"}
    body = {"username": "anna", "password": PASSWORD, "auth": {"type": "m.login.terms", "session": told["session"]}}
    reply = await post.client.post(REGISTER, body)
    assert (reply.status, reply.json["completed"]) == (401, ["m.login.terms"])
    credentials = await post.proven("register")
    auth = {"type": EMAIL, "threepid_creds": credentials, "session": told["session"]}
    assert (await post.client.post(REGISTER, body | {"auth": auth})).status == 200
    await server.stop()
