"""The rows of messages that wait for devices, on both engines."""

from sottovoce.domains.keys.model import Target, ToDeviceMessage, Transaction
from sottovoce.domains.keys.store import ToDeviceRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId

PHONE = Target(UserId("@alice:test"), DeviceId("PHONE"))
LAPTOP = Target(UserId("@alice:test"), DeviceId("LAPTOP"))
SENT = Transaction(*PHONE, "m.type", "t1")


async def with_messages(database: Database, *positions: int, device: Target = PHONE) -> ToDeviceRows:
    rows, batch = ToDeviceRows(database), Batch()
    for position in positions:
        rows.add_message(batch, device, position, b"x" * position)
    await database.commit(batch)
    return rows


def positions(messages: list[ToDeviceMessage]) -> list[int]:
    return [message.position for message in messages]


async def test_the_oldest_come_first_within_bounds(database: Database) -> None:
    rows = await with_messages(database, 3, 1, 2)
    await with_messages(database, 1, device=LAPTOP)
    assert await rows.messages_between(PHONE, 0, 1, 9) == [ToDeviceMessage(1, b"x")]
    assert positions(await rows.messages_between(PHONE, 0, 9, 2)) == [1, 2]
    assert positions(await rows.messages_between(PHONE, 1, 9, 9)) == [2, 3]


async def test_sizes_are_in_bytes_and_newest_first(database: Database) -> None:
    rows = await with_messages(database, 3, 1, 2)
    assert await rows.list_sizes(PHONE, 2) == [(3, 3), (2, 2)]


async def test_those_that_arrived_are_removed(database: Database) -> None:
    rows = await with_messages(database, 1, 2, 3)
    await with_messages(database, 1, device=LAPTOP)
    batch = Batch()
    rows.remove_messages(batch, PHONE, 2)
    await database.commit(batch)
    assert positions(await rows.messages_between(PHONE, 0, 9, 9)) == [3]
    assert positions(await rows.messages_between(LAPTOP, 0, 9, 9)) == [1]


async def test_transactions_are_known_until_they_are_old(database: Database) -> None:
    rows, batch = ToDeviceRows(database), Batch()
    rows.add_transaction(batch, SENT, 1000)
    rows.add_transaction(batch, SENT, 1000)
    await database.commit(batch)
    assert await rows.has_transaction(SENT)
    assert not await rows.has_transaction(SENT._replace(message_type="m.other"))
    assert not await rows.has_transaction(SENT._replace(device_id=LAPTOP.device_id))
    for before_ms, is_there in ((1000, True), (1001, False)):
        batch = Batch()
        rows.remove_transactions(batch, before_ms)
        await database.commit(batch)
        assert await rows.has_transaction(SENT) is is_there


async def test_nothing_of_a_device_that_left_is_kept(database: Database) -> None:
    rows = await with_messages(database, 1)
    await with_messages(database, 1, device=LAPTOP)
    batch = Batch()
    rows.add_transaction(batch, SENT, 1000)
    rows.remove_to_device(batch, PHONE)
    await database.commit(batch)
    assert await rows.messages_between(PHONE, 0, 9, 9) == []
    assert not await rows.has_transaction(SENT)
    assert positions(await rows.messages_between(LAPTOP, 0, 9, 9)) == [1]


async def test_the_devices_that_something_waits_for_are_listed_once(database: Database) -> None:
    rows = await with_messages(database, 1, 2)
    assert await rows.list_targets() == [PHONE]
    await with_messages(database, 1, device=LAPTOP)
    assert sorted(await rows.list_targets()) == sorted([PHONE, LAPTOP])
