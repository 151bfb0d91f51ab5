"""Keys with which people sign their devices and each other, and what is shown of them to whom."""

import asyncio
from typing import Any

import pytest

from sottovoce.domains.keys.model import MAX_SIGNATURES_AT_ONCE
from sottovoce.domains.keys.store import BackupRows
from sottovoce.protocol.ids import UserId
from tests.helpers.crypto import Identity, Olm
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

UPLOAD = "keys/device_signing/upload"
SIGN = "keys/signatures/upload"


async def sees(asker: Person, owner: Person) -> Any:
    return await asker.done("POST", "keys/query", {"device_keys": {owner.user_id: []}})


async def signs(signer: Person, owner: Person, **keys: Any) -> Any:
    return (await signer.done("POST", SIGN, {owner.user_id: keys}))["failures"]


async def changed(person: Person, since: str) -> list[str]:
    lists: dict[str, list[str]] = (await person.syncs(since)).get("device_lists", {"changed": []})
    return lists["changed"]


async def test_first_keys_need_no_proof_and_are_shown_but_for_the_user_signing_one(alice: Person, bob: Person) -> None:
    identity = Identity(alice)
    await identity.publishes()
    for asker in (alice, bob):
        found = await sees(asker, alice)
        assert found["master_keys"] == {alice.user_id: identity.key("master")}
        assert found["self_signing_keys"] == {alice.user_id: identity.key("self_signing")}
    assert (await sees(alice, alice))["user_signing_keys"] == {alice.user_id: identity.key("user_signing")}
    assert (await sees(bob, alice))["user_signing_keys"] == {}


async def test_the_same_keys_again_need_no_proof_and_others_do(alice: Person, bob: Person) -> None:
    identity, other = Identity(alice), Identity(alice)
    await identity.publishes()
    await identity.publishes()
    await alice.done("POST", UPLOAD, {"self_signing_key": identity.key("self_signing")})
    for body in (other.keys(), {"self_signing_key": identity.sign("master", other.key("self_signing"))}):
        reply = await alice.post(UPLOAD, body)
        assert reply.status == 401
        assert {"stages": ["m.login.password"]} in reply.json["flows"]
    found = await sees(bob, alice)
    assert found["master_keys"] == {alice.user_id: identity.key("master")}


async def test_of_two_first_identities_at_once_one_has_to_be_proved(alice: Person) -> None:
    one, other = Identity(alice), Identity(alice)
    replies = await asyncio.gather(*(alice.post(UPLOAD, identity.keys()) for identity in (one, other)))
    assert sorted(reply.status for reply in replies) == [200, 401]


async def test_keys_that_prove_nothing_are_refused(alice: Person, bob: Person) -> None:
    mine, other = Identity(alice), Identity(alice)
    wrong = mine.key("master") | {"keys": {"ed25519:abc": "abc"}}
    misnamed = mine.key("master") | {"keys": {"ed25519:abc": mine.public("master")}}
    twice = mine.sign("master", mine.key("master") | {"usage": ["self_signing"]})
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "M_MISSING_PARAM"),
        ({"self_signing_key": mine.key("self_signing")}, "M_MISSING_PARAM"),
        ({"master_key": Identity(bob).key("master")}, "M_INVALID_PARAM"),
        ({"master_key": mine.key("self_signing")}, "M_INVALID_PARAM"),
        ({"master_key": wrong}, "M_INVALID_PARAM"),
        ({"master_key": misnamed}, "M_INVALID_PARAM"),
        ({"master_key": mine.key("master") | {"keys": {}}}, "M_INVALID_PARAM"),
        ({"master_key": mine.key("master") | {"usage": "master"}}, "M_INVALID_PARAM"),
        ({"master_key": mine.key("master"), "self_signing_key": twice}, "M_INVALID_PARAM"),
        ({"master_key": mine.key("master"), "user_signing_key": other.key("user_signing")}, "M_INVALID_SIGNATURE"),
        ({"master_key": []}, "M_BAD_JSON"),
    ]
    for body, errcode in refused:
        reply = await alice.post(UPLOAD, body)
        assert (reply.status, reply.errcode) == (400, errcode), body
    assert (await sees(bob, alice))["master_keys"] == {}


async def test_devices_and_keys_are_not_called_the_same(homeserver: RunningServer, alice: Person) -> None:
    identity = Identity(alice)
    namesake = await homeserver.person("dora", identity.public("master"))
    identity.person = namesake
    reply = await namesake.post(UPLOAD, identity.keys())
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    hers = Identity(alice)
    await hers.publishes()
    alice.device_id = hers.public("self_signing")
    again = await homeserver.signs_in_again(alice)
    reply = await again.post("keys/upload", {"device_keys": Olm(again).device_keys()})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_a_device_signed_by_its_owner_is_shown_so_and_others_are_told(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    crypto, identity = Olm(alice), Identity(alice)
    await crypto.publishes()
    since = {person.user_id: (await person.syncs())["next_batch"] for person in (alice, bob, carol)}
    await identity.publishes()
    for person, hears in ((alice, [alice.user_id]), (bob, [alice.user_id]), (carol, [])):
        assert await changed(person, since[person.user_id]) == hears
    signed = identity.sign("self_signing", crypto.device_keys())
    since = {person.user_id: (await person.syncs())["next_batch"] for person in (alice, bob)}
    assert await signs(alice, alice, **{alice.device_id: signed}) == {}
    for person in (alice, bob):
        assert (await sees(person, alice))["device_keys"][alice.user_id][alice.device_id] == signed
        assert await changed(person, since[person.user_id]) == [alice.user_id]


async def test_a_master_key_signed_by_a_device_is_shown_so(alice: Person, bob: Person) -> None:
    crypto, identity = Olm(alice), Identity(alice)
    await crypto.publishes()
    await identity.publishes()
    signed = crypto.signed(identity.key("master"))
    assert await signs(alice, alice, **{identity.public("master"): signed}) == {}
    assert (await sees(bob, alice))["master_keys"][alice.user_id] == signed


async def test_whom_one_trusts_only_oneself_sees(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    hers, his = Identity(alice), Identity(bob)
    await hers.publishes()
    await his.publishes()
    laptop = await homeserver.another_device(alice)
    since = {person.device_id: (await person.syncs())["next_batch"] for person in (laptop, bob)}
    signed = hers.sign("user_signing", his.key("master"))
    assert await signs(alice, bob, **{his.public("master"): signed}) == {}
    assert (await sees(alice, bob))["master_keys"][bob.user_id] == signed
    for other in (bob, carol):
        assert (await sees(other, bob))["master_keys"][bob.user_id] == his.key("master")
    assert await changed(laptop, since[laptop.device_id]) == [bob.user_id]
    assert await changed(bob, since[bob.device_id]) == []


async def test_signatures_that_fail_come_back_and_the_others_are_kept(alice: Person, bob: Person) -> None:
    crypto, hers, his = Olm(alice), Identity(alice), Identity(bob)
    await crypto.publishes()
    await hers.publishes()
    await his.publishes()
    device = crypto.device_keys()
    good = hers.sign("self_signing", device)
    wrong = device | {"signatures": {alice.user_id: {f"ed25519:{hers.public('self_signing')}": "a" * 86}}}
    cases: list[tuple[Person, str, Any, str]] = [
        (alice, alice.device_id, wrong, "M_INVALID_SIGNATURE"),
        (alice, alice.device_id, device, "M_INVALID_SIGNATURE"),
        (alice, alice.device_id, hers.sign("self_signing", device | {"algorithms": []}), "M_INVALID_PARAM"),
        (alice, alice.device_id, hers.sign("user_signing", device), "M_INVALID_SIGNATURE"),
        (alice, "NOTHING\0", good, "M_NOT_FOUND"),
        (bob, bob.device_id, good, "M_NOT_FOUND"),
        (bob, his.public("master"), hers.sign("self_signing", his.key("master")), "M_INVALID_SIGNATURE"),
        (bob, his.public("self_signing"), hers.sign("user_signing", his.key("self_signing")), "M_NOT_FOUND"),
    ]
    for owner, key_id, signed, errcode in cases:
        failures = await signs(alice, owner, **{key_id: signed})
        assert failures[owner.user_id][key_id]["errcode"] == errcode
    trust = hers.sign("user_signing", his.key("master"))
    body = {"@nobody:test": {"x": {}}, bob.user_id: {his.public("master"): trust}, "x": {"y": {}}}
    failures = (await alice.done("POST", SIGN, body))["failures"]
    assert {owner: set(keys) for owner, keys in failures.items()} == {"@nobody:test": {"x"}, "x": {"y"}}
    assert (await sees(alice, bob))["master_keys"][bob.user_id] == trust


async def test_a_new_identity_forgets_what_was_said_of_and_by_the_former(
    homeserver: RunningServer, bob: Person
) -> None:
    password = "a password of many words"
    dora = await homeserver.person_with_password("dora", password)
    crypto, former, new = Olm(dora), Identity(dora), Identity(dora)
    await crypto.publishes()
    await former.publishes()
    signed = former.sign("self_signing", crypto.device_keys())
    await signs(dora, dora, **{dora.device_id: signed})
    reply = await dora.post(UPLOAD, {"master_key": new.key("master")})
    identifier = {"type": "m.id.user", "user": dora.user_id}
    proof = {"type": "m.login.password", "identifier": identifier, "password": password}
    auth = proof | {"session": reply.json["session"]}
    await dora.done("POST", UPLOAD, {"master_key": new.key("master"), "auth": auth})
    found = await sees(dora, dora)
    assert found["master_keys"] == {dora.user_id: new.key("master")}
    assert found["self_signing_keys"] == found["user_signing_keys"] == {}
    assert found["device_keys"][dora.user_id][dora.device_id] == crypto.device_keys()


async def test_too_many_signatures_at_once_are_refused(alice: Person) -> None:
    many: dict[str, Any] = {str(number): {} for number in range(MAX_SIGNATURES_AT_ONCE + 1)}
    reply = await alice.post(SIGN, {alice.user_id: many})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


@pytest.mark.parametrize("body", [[], {"@a:test": []}, {"@a:test": {"x": 1}}])
async def test_what_is_no_map_of_signed_keys_is_refused(alice: Person, body: object) -> None:
    reply = await alice.post(SIGN, body)
    assert (reply.status, reply.errcode) == (400, "M_BAD_JSON")


async def test_of_an_account_that_was_given_up_no_keys_are_left(homeserver: RunningServer, bob: Person) -> None:
    password = "a password of many words"
    dora = await homeserver.person_with_password("dora", password)
    await Olm(dora).publishes()
    await Identity(dora).publishes()
    await dora.done("POST", "room_keys/version", {"algorithm": "any", "auth_data": {}})
    identifier = {"type": "m.id.user", "user": dora.user_id}
    auth = {"type": "m.login.password", "identifier": identifier, "password": password}
    await dora.done("POST", "account/deactivate", {"auth": auth})
    await homeserver.settle()
    found = await sees(bob, dora)
    assert (found["device_keys"], found["master_keys"]) == ({dora.user_id: {}}, {})
    rows = BackupRows(homeserver.app.base.database)
    assert await rows.find_newest_version(UserId(dora.user_id)) == 0
