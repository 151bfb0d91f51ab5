"""The e-mail addresses of accounts, and what opens the links in mails."""

import pytest

from tests.api.mail.conftest import CONFIRM, SECRET, Post
from tests.helpers.asgi import AsgiClient
from tests.helpers.mailbox import fields_of
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

PASSWORD = "a password of many words"
AUTH = {"type": "m.login.password", "password": PASSWORD}


@pytest.fixture
async def anna(post: Post) -> Person:
    """Somebody with a password."""
    anna = await post.server.person("anna")
    await post.server.app.base.accounts.users.change_password(anna.user_id, PASSWORD, signs_out=False)  # type: ignore[arg-type]
    return anna


async def addresses(person: Person) -> list[str]:
    return [each["address"] for each in (await person.done("GET", "account/3pid"))["threepids"]]


async def add(post: Post, person: Person, email: str = "anna@example.org") -> None:
    credentials = await post.proven("account/3pid", email)
    await person.done("POST", "account/3pid/add", credentials | {"auth": AUTH})


async def test_an_address_is_added_with_the_password_and_deleted(post: Post, anna: Person) -> None:
    credentials = await post.proven("account/3pid")
    reply = await anna.post("account/3pid/add", credentials)
    assert (reply.status, reply.json["flows"]) == (401, [{"stages": ["m.login.password"]}])
    await anna.done("POST", "account/3pid/add", credentials | {"auth": AUTH})
    assert await addresses(anna) == ["anna@example.org"]
    for _ in range(2):
        told = await anna.done("POST", "account/3pid/delete", {"medium": "email", "address": "ANNA@example.org"})
        assert told == {"id_server_unbind_result": "no-support"}
    assert await addresses(anna) == []


async def test_an_address_that_was_not_proved_is_not_added(post: Post, anna: Person) -> None:
    credentials = await post.asked("account/3pid")
    for creds in (credentials, {"sid": "unknown", "client_secret": SECRET}):
        reply = await anna.post("account/3pid/add", creds | {"auth": AUTH})
        assert (reply.status, reply.errcode) == (400, "M_THREEPID_AUTH_FAILED")


async def test_nobody_takes_or_deletes_anothers_address(post: Post, anna: Person) -> None:
    bruno = await post.server.person("bruno")
    await add(post, anna)
    await bruno.done("POST", "account/3pid/delete", {"medium": "email", "address": "anna@example.org"})
    assert await addresses(anna) == ["anna@example.org"]
    await post.asked("account/3pid", client_secret="brunos")
    assert "https://" not in post.mail.texts("anna@example.org")[-1]


async def test_an_address_and_the_password_sign_in(post: Post, anna: Person) -> None:
    await add(post, anna)
    third_party = {"type": "m.id.thirdparty", "medium": "email", "address": "Anna@example.org"}
    for who in ({"identifier": third_party}, {"medium": "email", "address": "anna@example.org"}):
        reply = await post.client.post("/_matrix/client/v3/login", who | AUTH)
        assert (reply.status, reply.json["user_id"]) == (200, anna.user_id)
    for address in ("bruno@example.org", "no address", ""):
        who = {"identifier": third_party | {"address": address}}
        reply = await post.client.post("/_matrix/client/v3/login", who | AUTH)
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_a_lost_password_is_replaced_and_devices_are_signed_out(post: Post, anna: Person) -> None:
    await add(post, anna)
    credentials = await post.proven("account/password")
    path, body = "/_matrix/client/v3/account/password", {"new_password": "another password"}
    told = await post.client.post(path, body)
    assert (told.status, told.json["flows"]) == (401, [{"stages": ["m.login.email.identity"]}])
    auth = {"type": "m.login.email.identity", "threepid_creds": credentials, "session": told.json["session"]}
    assert (await post.client.post(path, body | {"auth": auth})).status == 200
    assert (await anna.get("account/whoami")).errcode == "M_UNKNOWN_TOKEN"
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "anna"}}
    assert (await post.client.post("/_matrix/client/v3/login", login | {"password": PASSWORD})).status == 403
    assert (await post.client.post("/_matrix/client/v3/login", login | {"password": "another password"})).status == 200
    again = await post.client.post(path, body | {"auth": auth | {"session": None}})
    assert again.errcode == "M_THREEPID_AUTH_FAILED"


async def test_whose_address_nobody_has_gets_no_link(post: Post) -> None:
    await post.asked("account/password", "nobody@example.org")
    assert "https://" not in post.mail.texts("nobody@example.org")[-1]


async def test_addresses_go_with_the_account(post: Post, anna: Person) -> None:
    await add(post, anna)
    await anna.done("POST", "account/deactivate", {"auth": AUTH})
    assert await post.server.app.base.accounts.email.owner_of("anna@example.org") is None


async def test_a_mail_is_sent_again_only_when_asked_with_a_higher_number(post: Post) -> None:
    first = await post.asked("register", send_attempt=1)
    link = post.mail.link("anna@example.org")
    assert await post.asked("register", send_attempt=1) == first
    assert len(post.mail.messages) == 1
    assert await post.asked("register", send_attempt=2) == first
    assert len(post.mail.messages) == 2
    assert (await post.open(link)).status == 400
    assert (await post.open(post.mail.link("anna@example.org"))).status == 200


async def test_opening_a_link_asks_before_it_confirms(post: Post) -> None:
    credentials = await post.asked("register")
    link = post.mail.link("anna@example.org")
    assert link.startswith(f"https://chat.example.org{CONFIRM}?")
    reply = await post.client.get(f"{CONFIRM}?{link.partition('?')[2]}", headers={"Accept-Language": "it-IT"})
    assert "Conferma" in reply.body.decode()
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    validations = post.server.app.base.accounts.email
    assert await validations.proven(1, credentials["sid"], SECRET) is None
    assert (await post.open(link)).status == 200
    assert await validations.proven(1, credentials["sid"], SECRET) is not None
    assert (await post.open(link)).status == 200


@pytest.mark.parametrize("wrong", [{"token": "x"}, {"sid": "x"}, {"client_secret": "x"}, {"token": ""}])
async def test_a_link_that_was_not_sent_confirms_nothing(post: Post, wrong: dict[str, str]) -> None:
    await post.asked("register")
    fields = fields_of(post.mail.link("anna@example.org")) | wrong
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    assert (await post.client.post(CONFIRM, body=body)).status == 400


async def test_a_page_repeats_nothing_that_could_run(post: Post) -> None:
    script = "<script>alert(1)</script>"
    reply = await post.client.get(CONFIRM, query={"sid": script, "token": '"><script>', "client_secret": "x"})
    assert script not in reply.body.decode()
    assert '"><script>' not in reply.body.decode()


async def test_where_to_go_on_is_shown_and_not_followed(post: Post) -> None:
    await post.asked("register", next_link="https://app.example.org/?a=<b>")
    reply = await post.open(post.mail.link("anna@example.org"))
    assert reply.status == 200
    assert 'href="https://app.example.org/?a=&lt;b&gt;"' in reply.body.decode()


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"email": "no address"}, "M_INVALID_PARAM"),
        ({"email": "a@b\r\nBcc: c@d"}, "M_INVALID_PARAM"),
        ({"email": "a\0@b.c"}, "M_INVALID_PARAM"),
        ({"email": "x" * 250 + "@b.cd"}, "M_INVALID_PARAM"),
        ({"email": 7}, "M_BAD_JSON"),
        ({"client_secret": "a b"}, "M_INVALID_PARAM"),
        ({"client_secret": ""}, "M_INVALID_PARAM"),
        ({"client_secret": "x" * 256}, "M_INVALID_PARAM"),
        ({"send_attempt": "1"}, "M_BAD_JSON"),
        ({"send_attempt": 2**63}, "M_INVALID_PARAM"),
        ({"next_link": "javascript:alert(1)"}, "M_INVALID_PARAM"),
    ],
)
async def test_what_cannot_be_asked_is_refused(post: Post, body: dict[str, object], errcode: str) -> None:
    whole = {"client_secret": SECRET, "email": "anna@example.org", "send_attempt": 1} | body
    for path in ("register", "account/password", "account/3pid"):
        reply = await post.client.post(f"/_matrix/client/v3/{path}/email/requestToken", whole)
        assert (reply.status, reply.errcode) == (400, errcode), path
    assert post.mail.messages == []


async def test_mail_that_is_not_taken_is_told(post: Post) -> None:
    post.mail.refuses = True
    reply = await post.ask("register")
    assert (reply.status, reply.errcode) == (503, "M_UNKNOWN")


async def test_identity_servers_and_phones_are_refused(post: Post, anna: Person) -> None:
    phone = {"client_secret": SECRET, "country": "IT", "phone_number": "1", "send_attempt": 1}
    credentials = {"client_secret": "a", "id_server": "b", "id_access_token": "c", "sid": "d"}
    for path, body, status, errcode in (
        ("account/3pid/bind", credentials, 400, "M_SERVER_NOT_TRUSTED"),
        ("account/3pid", {"three_pid_creds": credentials}, 400, "M_SERVER_NOT_TRUSTED"),
        ("account/3pid/msisdn/requestToken", phone, 400, "M_THREEPID_MEDIUM_NOT_SUPPORTED"),
        ("register/msisdn/requestToken", phone, 403, "M_THREEPID_DENIED"),
        ("account/password/msisdn/requestToken", phone, 400, "M_THREEPID_NOT_FOUND"),
    ):
        reply = await anna.post(path, body)
        assert (reply.status, reply.errcode) == (status, errcode), path
    told = await anna.done("POST", "account/3pid/unbind", {"medium": "email", "address": "a@b.c"})
    assert told == {"id_server_unbind_result": "no-support"}


async def test_accounts_can_have_addresses_where_there_is_mail(post: Post, anna: Person) -> None:
    capabilities = (await anna.done("GET", "capabilities"))["capabilities"]
    assert capabilities["m.3pid_changes"] == {"enabled": True}


async def test_a_server_without_mail_says_so(homeserver: RunningServer, alice: Person) -> None:
    body = {"client_secret": SECRET, "email": "anna@example.org", "send_attempt": 1}
    client = AsgiClient(homeserver.app.http)
    for path, status, errcode in (
        ("account/3pid", 400, "M_THREEPID_MEDIUM_NOT_SUPPORTED"),
        ("account/password", 403, "M_THREEPID_DENIED"),
        ("register", 403, "M_FORBIDDEN"),
    ):
        reply = await client.post(f"/_matrix/client/v3/{path}/email/requestToken", body)
        assert (reply.status, reply.errcode) == (status, errcode)
    reply = await client.post("/_matrix/client/v3/account/password", {"new_password": PASSWORD})
    assert (reply.status, reply.errcode) == (401, "M_MISSING_TOKEN")
    assert await addresses(alice) == []
