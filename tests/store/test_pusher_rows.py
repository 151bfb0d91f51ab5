"""The rows of pushers, on both engines."""

import msgspec
import pytest

from sottovoce.domains.push.model import Pusher, PusherKey, Said
from sottovoce.domains.push.store import PusherRows
from sottovoce.infra.db.model import Batch, Database, WriteConflict
from sottovoce.protocol.ids import DeviceId, UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
KEY = PusherKey(ALICE, "org.example.app", "key")
SAID = Said(app_display_name="App", device_display_name="Phone\0", lang="it", data={"url": "https://x", "a": [None, 1]})
PUSHER = Pusher(key=KEY, device_id=DeviceId("D1"), kind="http", said=SAID, set_at_ms=5, position=7)
WAITING = msgspec.structs.replace(
    PUSHER, key=KEY._replace(pushkey="k" * 512), kind="webpush", is_active=False, ack_token="t", ack_until_ms=9
)


async def write(database: Database, *pushers: Pusher) -> PusherRows:
    rows, batch = PusherRows(database), Batch()
    for pusher in pushers:
        rows.set_pusher(batch, pusher)
    await database.commit(batch)
    return rows


async def test_pushers_are_found_as_they_were_set(database: Database) -> None:
    rows = await write(database, PUSHER, WAITING)
    assert await rows.find_pusher(KEY) == PUSHER
    assert await rows.find_pusher(WAITING.key) == WAITING
    assert await rows.list_pushers(ALICE) == [PUSHER, WAITING]
    assert await rows.list_pushers(BOB) == []
    assert sorted(await rows.list_keys()) == sorted([KEY, WAITING.key])


async def test_a_pusher_that_is_set_again_is_replaced(database: Database) -> None:
    again = msgspec.structs.replace(PUSHER, device_id=DeviceId("D2"), tries=3, next_try_at_ms=70, position=9)
    rows = await write(database, PUSHER, again)
    assert await rows.list_pushers(ALICE) == [again]


async def test_those_of_other_people_with_the_same_pushkey_are_listed(database: Database) -> None:
    other = msgspec.structs.replace(PUSHER, key=KEY._replace(user_id=BOB))
    rows = await write(database, PUSHER, other, WAITING)
    assert sorted(await rows.list_same(KEY.app_id, KEY.pushkey)) == [KEY, other.key]


async def test_success_clears_failure_and_the_position_never_goes_back(database: Database) -> None:
    rows, batch = await write(database, PUSHER), Batch()
    rows.set_failed(batch, KEY, 2, 50)
    await database.commit(batch)
    assert await rows.find_pusher(KEY) == msgspec.structs.replace(PUSHER, tries=2, next_try_at_ms=50)
    for position in (20, 10):
        batch = Batch()
        rows.set_position(batch, KEY, position)
        await database.commit(batch)
    assert await rows.find_pusher(KEY) == msgspec.structs.replace(PUSHER, position=20)


async def test_only_the_present_token_activates(database: Database) -> None:
    rows = await write(database, WAITING)
    for token in ("another", "t"):
        assert await rows.find_pusher(WAITING.key) == WAITING
        batch = Batch()
        rows.activate_pusher(batch, WAITING.key, token, 30)
        await database.commit(batch)
    active = msgspec.structs.replace(WAITING, is_active=True, ack_token=None, ack_until_ms=None, position=30)
    assert await rows.find_pusher(WAITING.key) == active


async def test_pushers_are_removed_one_by_one_or_with_their_device(database: Database) -> None:
    elsewhere = msgspec.structs.replace(PUSHER, key=KEY._replace(app_id="b"), device_id=DeviceId("D2"))
    rows, batch = await write(database, PUSHER, WAITING, elsewhere), Batch()
    rows.remove_pusher(batch, KEY)
    await database.commit(batch)
    assert await rows.list_pushers(ALICE) == [elsewhere, WAITING]
    batch = Batch()
    rows.remove_pushers_of(batch, ALICE, DeviceId("D1"))
    await database.commit(batch)
    assert await rows.list_pushers(ALICE) == [elsewhere]


async def test_there_is_one_key_of_web_push(database: Database) -> None:
    rows, batch = PusherRows(database), Batch()
    assert await rows.find_vapid_key() is None
    rows.add_vapid_key(batch, b"k" * 32)
    await database.commit(batch)
    assert await rows.find_vapid_key() == b"k" * 32
    batch = Batch()
    rows.add_vapid_key(batch, b"l" * 32)
    with pytest.raises(WriteConflict):
        await database.commit(batch)
