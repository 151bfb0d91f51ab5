import pytest
from hypothesis import given

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.hashing import content_hash
from sottovoce.protocol.ids import ServerName
from sottovoce.protocol.redaction import redact_pdu
from sottovoce.protocol.room_versions import ROOM_VERSIONS
from sottovoce.protocol.signing import Signer, verify_json
from sottovoce.protocol.unpadded_base64 import decode_base64, encode_base64

from .builders import json_objects, signer_of, vectors

VECTORS = vectors("signing")
PUBLISHED = Signer(ServerName("domain"), "ed25519:1", decode_base64(str(VECTORS["seed"])))
HERE = signer_of("here")


def _signature(signed: dict[str, object]) -> object:
    signatures = signed["signatures"]
    assert isinstance(signatures, dict)
    return signatures["domain"]["ed25519:1"]


@pytest.mark.parametrize("vector", VECTORS["objects"])
def test_published_objects_get_their_published_signature(vector: dict[str, object]) -> None:
    value = vector["object"]
    assert isinstance(value, dict)
    assert _signature(PUBLISHED.sign_json(value)) == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["events"])
def test_published_events_get_their_published_signature(vector: dict[str, object]) -> None:
    event = vector["event"]
    assert isinstance(event, dict)
    hashed = event | {"hashes": {"sha256": encode_base64(content_hash(event))}}
    assert _signature(PUBLISHED.sign_json(redact_pdu(hashed, ROOM_VERSIONS["10"]))) == vector["signature"]


@given(json_objects)
def test_what_a_key_signs_it_verifies(value: dict[str, object]) -> None:
    value.pop("signatures", None)
    assert verify_json(HERE.sign_json(value), "here", "ed25519:1", HERE.public_key)


def test_a_changed_object_does_not_verify_but_unsigned_may_change() -> None:
    signed = HERE.sign_json({"a": 1, "unsigned": {"age": 1}})
    assert verify_json(signed | {"unsigned": {"age": 2}}, "here", "ed25519:1", HERE.public_key)
    assert not verify_json(signed | {"a": 2}, "here", "ed25519:1", HERE.public_key)


def test_another_key_server_or_key_id_does_not_verify() -> None:
    signed = HERE.sign_json({"a": 1})
    assert not verify_json(signed, "here", "ed25519:1", signer_of("there").public_key)
    assert not verify_json(signed, "there", "ed25519:1", HERE.public_key)
    assert not verify_json(signed, "here", "ed25519:2", HERE.public_key)


def test_an_unknown_algorithm_does_not_verify() -> None:
    key = Signer(ServerName("here"), "rot13:1", bytes(32))
    assert not verify_json(key.sign_json({}), "here", "rot13:1", key.public_key)


@pytest.mark.parametrize(
    "signatures",
    [None, [], {"here": []}, {"here": {"ed25519:1": 5}}, {"here": {"ed25519:1": "!"}}, {"here": {"ed25519:1": "Zg"}}],
)
def test_signatures_of_the_wrong_shape_do_not_verify(signatures: object) -> None:
    assert not verify_json({"signatures": signatures}, "here", "ed25519:1", HERE.public_key)


def test_a_public_key_of_the_wrong_size_does_not_verify() -> None:
    assert not verify_json(HERE.sign_json({}), "here", "ed25519:1", b"short")


def test_signing_adds_to_the_signatures_that_are_there_and_leaves_the_argument_alone() -> None:
    first = HERE.sign_json({"a": 1})
    both = signer_of("there").sign_json(first)
    assert verify_json(both, "here", "ed25519:1", HERE.public_key)
    assert verify_json(both, "there", "ed25519:1", signer_of("there").public_key)
    assert set(first["signatures"]) == {"here"}  # type: ignore[call-overload]


def test_a_key_survives_being_written_as_text() -> None:
    text = PUBLISHED.to_text()
    assert text == "ed25519 1 " + encode_base64(decode_base64(str(VECTORS["seed"])))
    again = Signer.from_text(ServerName("domain"), text)
    assert (again.key_id, again.public_key, again.sign(b"x")) == (
        "ed25519:1",
        PUBLISHED.public_key,
        PUBLISHED.sign(b"x"),
    )


@pytest.mark.parametrize("text", ["", "ed25519 1", "rsa 1 Zg", "ed25519 1 Zg", "ed25519 1 !!", "ed25519 1 a b"])
def test_a_text_that_is_no_key_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Signer.from_text(ServerName("domain"), text)


def test_an_object_without_canonical_form_cannot_be_signed() -> None:
    with pytest.raises(Malformed):
        HERE.sign_json({"a": 0.5})
