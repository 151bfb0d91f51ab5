from hashlib import sha256

import pytest
from hypothesis import given

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.hashing import content_hash, event_id_from, reference_hash
from sottovoce.protocol.room_versions import ROOM_VERSIONS
from sottovoce.protocol.unpadded_base64 import encode_base64

from .builders import VERSIONS, json_objects, oracle_canonical, vectors


@pytest.mark.parametrize("vector", vectors("signing")["events"])
def test_published_events_have_their_published_content_hash(vector: dict[str, object]) -> None:
    event = vector["event"]
    assert isinstance(event, dict)
    assert encode_base64(content_hash(event)) == vector["content_hash"]


@given(json_objects)
def test_hashes_signatures_and_unsigned_do_not_touch_the_content_hash(pdu: dict[str, object]) -> None:
    assert content_hash(pdu | {"hashes": 1, "signatures": 2, "unsigned": 3}) == content_hash(
        {key: value for key, value in pdu.items() if key not in ("hashes", "signatures", "unsigned")}
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_hash_covers_what_survives_redaction_but_no_signatures(version: str) -> None:
    essential: dict[str, object] = {"type": "m.room.message", "content": {}, "hashes": {"sha256": "x"}, "depth": 1}
    full = essential | {"content": {"body": "b"}, "signatures": {"x": {}}, "unsigned": {"age": 1}}
    assert reference_hash(full, ROOM_VERSIONS[version]) == sha256(oracle_canonical(essential)).digest()


def test_an_event_id_is_a_dollar_and_the_urlsafe_hash() -> None:
    assert event_id_from(b"\xfb\xff\xbf" * 10 + b"\xfb\xff") == "$" + "-_-_" * 10 + "-_8"
    assert len(event_id_from(bytes(32))) == 44


def test_an_event_without_canonical_form_has_no_hash() -> None:
    with pytest.raises(Malformed):
        content_hash({"a": 1.5})
