"""Accounts, as an administrator handles them."""

from tests.api.admin.conftest import ADMIN
from tests.helpers.asgi import segment
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

PEOPLE = f"{ADMIN}/people"
PASSWORD = "a password of many words"


def one(name: str, *rest: str) -> str:
    return "/".join([PEOPLE, segment(name), *rest])


async def test_people_are_listed_a_page_at_a_time(anna: Person, alice: Person, bob: Person) -> None:
    first = await anna.done("GET", PEOPLE, query={"limit": 2})
    assert [each["user_id"] for each in first["people"]] == ["@alice:test", "@anna:test"]
    rest = await anna.done("GET", PEOPLE, query={"limit": 2, "from": first["next_from"]})
    assert [each["user_id"] for each in rest["people"]] == ["@bob:test"]
    assert "next_from" not in rest


async def test_people_are_found_by_a_part_of_their_address_or_name_to_the_letter(anna: Person, bob: Person) -> None:
    await bob.done("PUT", f"profile/{segment(bob.user_id)}/displayname", {"displayname": "Roberto 100%"})
    for search in ("BOB", "robert", "0%"):
        found = await anna.done("GET", PEOPLE, query={"search": search})
        assert [each["user_id"] for each in found["people"]] == ["@bob:test"]
    for search in ("b%b", "_", "a!"):
        assert (await anna.done("GET", PEOPLE, query={"search": search}))["people"] == []


async def test_one_person_is_shown_by_address_or_by_name(anna: Person, bob: Person) -> None:
    by_address, by_name = await anna.done("GET", one("@bob:test")), await anna.done("GET", one("bob"))
    assert by_address == by_name
    assert (by_name["user_id"], by_name["display_name"], by_name["is_admin"]) == ("@bob:test", "Bob", False)
    assert by_name["devices"] == 1


async def test_account_made_by_an_administrator_can_sign_in_and_its_password_be_changed(anna: Person) -> None:
    made = await anna.done("POST", PEOPLE, {"name": "dora", "password": PASSWORD, "display_name": "Dora"})
    assert made == {"user_id": "@dora:test"}
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "dora"}, "password": PASSWORD}
    token = (await anna.done("POST", "login", login))["access_token"]
    await anna.done("PUT", one("dora", "password"), {"password": "another password"})
    dora = Person(anna.app, "@dora:test", "x", token)
    assert (await dora.request("GET", "account/whoami")).errcode == "M_UNKNOWN_TOKEN"
    assert (await anna.request("POST", "login", json=login)).status == 403
    await anna.done("POST", "login", login | {"password": "another password"})


async def test_somebody_begins_and_ceases_to_administer_at_once(anna: Person, bob: Person) -> None:
    await anna.done("PUT", one("bob", "admin"), {"is_admin": True})
    await bob.done("GET", PEOPLE)
    await anna.done("PUT", one("bob", "admin"), {"is_admin": False})
    assert (await bob.request("GET", PEOPLE)).status == 403


async def test_locked_account_does_nothing_and_suspended_one_only_reads(anna: Person, bob: Person) -> None:
    room_id = await bob.creates_room()
    await anna.done("PUT", one("bob", "locked"), {"locked": True})
    assert (await bob.request("GET", "account/whoami")).errcode == "M_USER_LOCKED"
    await anna.done("PUT", one("bob", "locked"), {"locked": False})
    await anna.done("PUT", one("bob", "suspended"), {"suspended": True})
    assert (await bob.request("PUT", f"rooms/{segment(room_id)}/send/m.x/1", json={})).errcode == "M_USER_SUSPENDED"
    shown = await anna.done("GET", one("bob"))
    assert (shown["locked_at_ms"], bool(shown["suspended_at_ms"])) == (None, True)


async def test_person_is_signed_out_everywhere(anna: Person, bob: Person) -> None:
    await anna.done("POST", one("bob", "sign_out"), {})
    assert (await bob.request("GET", "account/whoami")).errcode == "M_UNKNOWN_TOKEN"
    assert (await anna.done("GET", one("bob")))["devices"] == 0


async def test_rooms_of_a_person_are_told_by_what_they_are_to_them(anna: Person, bob: Person, a_room: str) -> None:
    assert (await anna.done("GET", one("bob", "rooms")))["rooms"] == {a_room: "join"}


async def test_account_that_was_ended_is_over(anna: Person, bob: Person) -> None:
    await anna.done("POST", one("bob", "deactivate"), {})
    assert (await bob.request("GET", "account/whoami")).errcode == "M_UNKNOWN_TOKEN"
    assert (await anna.done("GET", one("bob")))["deactivated_at_ms"] > 0
    assert (await anna.request("POST", PEOPLE, json={"name": "bob", "password": PASSWORD})).errcode == "M_USER_IN_USE"


async def test_account_that_was_erased_is_out_of_every_room_and_called_nothing(
    homeserver: RunningServer, anna: Person, alice: Person, bob: Person, a_room: str
) -> None:
    await anna.done("POST", one("bob", "deactivate"), {"erase": True})
    await homeserver.settle()
    assert (await anna.done("GET", one("bob")))["display_name"] is None
    members = (await alice.done("GET", f"rooms/{segment(a_room)}/joined_members"))["joined"]
    assert list(members) == [alice.user_id]


async def test_nobody_is_found_who_is_not_there(anna: Person) -> None:
    asked = [("GET", ""), ("GET", "rooms"), ("PUT", "password"), ("PUT", "admin"), ("PUT", "locked")]
    asked += [("PUT", "suspended"), ("POST", "sign_out"), ("POST", "deactivate"), ("POST", "notices")]
    body = {"password": PASSWORD, "is_admin": True, "locked": True, "suspended": True, "text": "x"}
    for method, rest in asked:
        reply = await anna.request(method, one("nobody", *([rest] if rest else [])), json=body)
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND"), rest


async def test_names_that_begin_with_an_underscore_are_not_for_people(anna: Person) -> None:
    reply = await anna.request("POST", PEOPLE, json={"name": "_server", "password": PASSWORD})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_USERNAME")
