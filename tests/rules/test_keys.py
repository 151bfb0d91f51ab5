"""What may be sent to devices, and where it goes."""

import json

import pytest

from sottovoce.domains.keys.model import (
    MAX_MESSAGE_BYTES,
    MAX_MESSAGES_AT_ONCE,
    InvalidKeys,
    Target,
    TooLargeForDevices,
    Transaction,
)
from sottovoce.domains.keys.rules import check_transaction, first_to_go, messages_to
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
PHONE, LAPTOP = DeviceId("PHONE"), DeviceId("LAPTOP")


def test_messages_go_to_devices_that_are_known() -> None:
    contents: dict[str, dict[str, dict[str, object]]] = {
        BOB: {"PHONE": {"n": 1}, "TABLET": {"n": 2}},
        "@carol:test": {"*": {"n": 3}},
    }
    [(target, event)] = messages_to({BOB: [PHONE, LAPTOP]}, contents, "m.type", ALICE)
    assert target == Target(BOB, PHONE)
    assert json.loads(event) == {"type": "m.type", "sender": ALICE, "content": {"n": 1}}


def test_a_star_stands_for_every_device_that_is_not_named() -> None:
    contents: dict[str, dict[str, dict[str, object]]] = {BOB: {"*": {"n": 1}, "PHONE": {"n": 2}}}
    events = dict(messages_to({BOB: [PHONE, LAPTOP]}, contents, "m.type", ALICE))
    assert json.loads(events[Target(BOB, PHONE)])["content"] == {"n": 2}
    assert json.loads(events[Target(BOB, LAPTOP)])["content"] == {"n": 1}


def test_messages_that_are_too_large_or_too_many_are_refused() -> None:
    with pytest.raises(TooLargeForDevices):
        messages_to({BOB: [PHONE]}, {BOB: {"*": {"text": "x" * MAX_MESSAGE_BYTES}}}, "m.type", ALICE)
    crowd = [DeviceId(str(number)) for number in range(MAX_MESSAGES_AT_ONCE + 1)]
    with pytest.raises(TooLargeForDevices):
        messages_to({BOB: crowd}, {BOB: {"*": {}}}, "m.type", ALICE)


@pytest.mark.parametrize(
    ("newest_first", "goes"),
    [
        ([], None),
        ([(9, 10), (8, 10), (7, 10)], None),
        ([(9, 10), (8, 10), (7, 10), (6, 10)], 6),
        ([(9, 10), (8, 91), (7, 10)], 8),
        ([(9, 101)], 9),
    ],
)
def test_of_a_queue_the_newest_that_finds_no_room_goes_with_all_before(
    newest_first: list[tuple[int, int]], goes: int | None
) -> None:
    assert first_to_go(newest_first, max_messages=3, max_bytes=100) == goes


def test_names_of_requests_have_a_bound() -> None:
    check_transaction(Transaction(ALICE, PHONE, "m" * 255, "t" * 255))
    for message_type, txn_id in (("m" * 256, "t"), ("m", "è" * 128)):
        with pytest.raises(InvalidKeys):
            check_transaction(Transaction(ALICE, PHONE, message_type, txn_id))
    with pytest.raises(Malformed):
        check_transaction(Transaction(ALICE, PHONE, "m", "\ud800"))
