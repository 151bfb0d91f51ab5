"""The rows of dehydrated devices, on both engines."""

from sottovoce.domains.keys.model import DehydratedDevice, Target
from sottovoce.domains.keys.store import DehydratedRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
FORMER = DehydratedDevice(DeviceId("former"), b'{"a":1}', None)
NEW = DehydratedDevice(DeviceId("new"), b"{}", "Chest")


async def test_of_each_person_there_is_one_until_it_is_removed(database: Database) -> None:
    rows, batch = DehydratedRows(database), Batch()
    for device in (FORMER, NEW):
        rows.set_dehydrated(batch, ALICE, device)
    rows.set_dehydrated(batch, BOB, FORMER)
    await database.commit(batch)
    assert await rows.find_dehydrated(ALICE) == NEW
    assert await rows.list_dehydrated([ALICE, BOB, UserId("@carol:test")]) == {ALICE: NEW, BOB: FORMER}
    batch = Batch()
    rows.remove_dehydrated(batch, Target(ALICE, FORMER.device_id))
    rows.remove_dehydrated(batch, Target(BOB, FORMER.device_id))
    await database.commit(batch)
    assert await rows.list_dehydrated([ALICE, BOB]) == {ALICE: NEW}
