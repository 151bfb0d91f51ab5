"""The rows of keys that devices publish, on both engines."""

from sottovoce.domains.keys.model import FallbackKey, KeyCounts, OneTimeKey, Target
from sottovoce.domains.keys.store import DeviceKeyRows, DeviceListRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
PHONE, LAPTOP = Target(ALICE, DeviceId("PHONE")), Target(ALICE, DeviceId("LAPTOP"))
BOBS = Target(BOB, DeviceId("PHONE"))


def key(key_id: str, algorithm: str = "a") -> OneTimeKey:
    return OneTimeKey(algorithm, key_id, f'"{key_id}"'.encode())


async def test_device_keys_are_found_by_device_and_by_person(database: Database) -> None:
    rows, batch = DeviceKeyRows(database), Batch()
    for device in (PHONE, LAPTOP, BOBS):
        rows.set_device_keys(batch, device, {"old": 1})
    rows.set_device_keys(batch, PHONE, {"keys": {"a": "è"}})
    await database.commit(batch)
    assert await rows.find_device_keys(PHONE) == {"keys": {"a": "è"}}
    assert await rows.find_device_keys(Target(BOB, DeviceId("LAPTOP"))) is None
    assert set(await rows.list_device_keys([ALICE])) == {PHONE, LAPTOP}
    assert set(await rows.list_device_keys([ALICE, BOB])) == {PHONE, LAPTOP, BOBS}
    assert await rows.list_devices_with_keys(ALICE) == {"PHONE", "LAPTOP"}
    assert ALICE in await rows.list_owners()
    assert len(set(await rows.list_owners())) == len(await rows.list_owners())
    batch = Batch()
    rows.remove_device_keys(batch, PHONE)
    await database.commit(batch)
    assert await rows.list_devices_with_keys(ALICE) == {"LAPTOP"}


async def test_one_time_keys_come_in_the_order_in_which_they_were_given(database: Database) -> None:
    rows, batch = DeviceKeyRows(database), Batch()
    for position, key_id in ((3, "x"), (1, "z"), (2, "y")):
        rows.add_one_time_key(batch, PHONE, key(key_id), position)
    rows.add_one_time_key(batch, PHONE, key("other", "b"), 0)
    rows.add_one_time_key(batch, LAPTOP, key("laptop's"), 0)
    await database.commit(batch)
    for key_id in ("z", "y", "x"):
        assert await rows.first_one_time_key(PHONE, "a") == key(key_id)
        batch = Batch()
        rows.remove_one_time_key(batch, PHONE, key(key_id))
        await database.commit(batch)
    assert await rows.first_one_time_key(PHONE, "a") is None
    assert await rows.list_one_time_keys(PHONE) == [key("other", "b")]


async def test_of_an_algorithm_there_is_one_fallback_key_unused_until_it_is_used(database: Database) -> None:
    rows = DeviceKeyRows(database)
    for key_id in ("x", "y"):
        batch = Batch()
        rows.set_fallback_key(batch, PHONE, key(key_id))
        await database.commit(batch)
        assert await rows.find_fallback_key(PHONE, "a") == FallbackKey(key(key_id), is_used=False)
        batch = Batch()
        rows.use_fallback_key(batch, PHONE, "a")
        await database.commit(batch)
        assert await rows.find_fallback_key(PHONE, "a") == FallbackKey(key(key_id), is_used=True)
    assert await rows.find_fallback_key(LAPTOP, "a") is None


async def test_keys_are_counted_by_algorithm(database: Database) -> None:
    rows, batch = DeviceKeyRows(database), Batch()
    for number in range(3):
        rows.add_one_time_key(batch, PHONE, key(str(number), "b" if number else "a"), 1)
    for algorithm in ("c", "b", "d"):
        rows.set_fallback_key(batch, PHONE, key("f", algorithm))
    rows.use_fallback_key(batch, PHONE, "d")
    await database.commit(batch)
    assert await rows.count_keys(PHONE) == KeyCounts({"a": 1, "b": 2}, ["b", "c"])
    assert await rows.count_keys(LAPTOP) == KeyCounts({}, [])
    batch = Batch()
    rows.remove_claimable_keys(batch, PHONE)
    await database.commit(batch)
    assert await rows.count_keys(PHONE) == KeyCounts({}, [])


async def test_of_each_person_the_last_change_counts(database: Database) -> None:
    rows, batch = DeviceListRows(database), Batch()
    for user_id, position in ((ALICE, 1), (BOB, 2), (ALICE, 5)):
        rows.set_changed(batch, user_id, position)
    await database.commit(batch)
    assert await rows.changed_after(4) == [ALICE]
    assert await rows.changed_after(5) == []
    assert sorted(await rows.changed_after(0)) == [ALICE, BOB]
