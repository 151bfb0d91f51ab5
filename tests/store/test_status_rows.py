"""The rows of what people say of themselves, on both engines."""

from sottovoce.domains.presence.store import StatusRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")


async def say(database: Database, user_id: UserId, status_msg: str | None) -> None:
    batch = Batch()
    StatusRows(database).set_status(batch, user_id, status_msg)
    await database.commit(batch)


async def test_the_last_thing_said_is_found(database: Database) -> None:
    await say(database, ALICE, "in Rome")
    await say(database, ALICE, "in Milan")
    assert await StatusRows(database).find_statuses([ALICE, BOB]) == {ALICE: "in Milan"}


async def test_what_is_no_longer_said_is_gone(database: Database) -> None:
    await say(database, ALICE, "in Rome")
    await say(database, ALICE, None)
    assert await StatusRows(database).find_statuses([ALICE]) == {}
