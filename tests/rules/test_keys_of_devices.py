"""Which keys of a device may be published."""

import base64
from typing import Any

import pytest
from nacl.signing import SigningKey

from sottovoce.domains.keys.model import (
    MAX_ALGORITHMS,
    InvalidKeys,
    InvalidSignature,
    OneTimeKey,
    OneTimeKeyExists,
    Target,
)
from sottovoce.domains.keys.rules import (
    asked_here,
    checked_device_keys,
    fallback_keys_in,
    has_same_identity,
    new_one_time_keys,
    one_time_keys_in,
)
from sottovoce.protocol.canonical_json import encode_canonical
from sottovoce.protocol.ids import DeviceId, ServerName, UserId

ALICE = UserId("@alice:test")
PHONE = Target(ALICE, DeviceId("PHONE"))
SECRET = SigningKey(b"s" * 32)
PUBLIC = base64.b64encode(bytes(SECRET.verify_key)).decode().rstrip("=")


def signed(**more: Any) -> dict[str, Any]:
    keys = {"ed25519:PHONE": PUBLIC, "curve25519:PHONE": "any"}
    value: dict[str, Any] = {"user_id": ALICE, "device_id": "PHONE", "algorithms": [], "keys": keys, **more}
    signature = base64.b64encode(SECRET.sign(encode_canonical(value)).signature).decode().rstrip("=")
    return {**value, "signatures": {ALICE: {"ed25519:PHONE": signature}}}


def test_keys_a_device_signed_are_taken_with_all_that_it_signed() -> None:
    keys = signed(dehydrated=True)
    assert checked_device_keys(keys, PHONE) == keys


def test_what_others_say_of_a_device_is_left_out() -> None:
    keys = signed()
    theirs = {**keys["signatures"], "@bob:test": {"ed25519:X": "text"}}
    theirs[ALICE] = {**theirs[ALICE], "ed25519:OTHER": "text"}
    assert checked_device_keys({**keys, "signatures": theirs, "unsigned": {"a": 1}}, PHONE) == keys


@pytest.mark.parametrize("public", ["", "short", "*", PUBLIC[:-2], base64.b64encode(b"k" * 32).decode()])
def test_keys_signed_by_another_key_are_refused(public: str) -> None:
    keys = {**signed(), "keys": {"ed25519:PHONE": public}}
    with pytest.raises(InvalidSignature):
        checked_device_keys(keys, PHONE)


def test_who_signs_with_the_same_keys_is_the_same_device() -> None:
    assert has_same_identity(signed(), signed(algorithms=["m.new"]))
    assert not has_same_identity(signed(), {**signed(), "keys": {"ed25519:PHONE": "other"}})


def test_one_time_keys_are_known_by_algorithm_and_id() -> None:
    [plain, with_signature] = one_time_keys_in({"a:b:c": "key", "d:e": {"key": "k", "signatures": {}}})
    assert plain == OneTimeKey("a", "b:c", b'"key"')
    assert with_signature == OneTimeKey("d", "e", b'{"key":"k","signatures":{}}')


def test_keys_that_are_kept_are_not_new() -> None:
    old, new = OneTimeKey("a", "1", b"1"), OneTimeKey("a", "2", b"2")
    assert new_one_time_keys([old, new], [old]) == [new]
    with pytest.raises(OneTimeKeyExists):
        new_one_time_keys([old], [OneTimeKey("a", "1", b"other")])


def test_algorithms_are_few() -> None:
    many = {f"{number}:key": "key" for number in range(MAX_ALGORITHMS + 1)}
    for refused in (fallback_keys_in, lambda keys: new_one_time_keys(one_time_keys_in(keys), [])):
        with pytest.raises(InvalidKeys):
            refused(many)


def test_people_of_other_servers_are_not_asked_here() -> None:
    here, elsewhere = asked_here([ALICE, "@bob:other:8448", "@carol:other:8448", "nobody"], ServerName("test"))
    assert (here, set(elsewhere)) == ([ALICE], {"other:8448"})
