"""How far app services have been told, and which rooms they list."""

from sottovoce.domains.appservices.model import Progress
from sottovoce.domains.appservices.store import AppServiceRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import RoomId


async def test_progress_is_kept_per_app_service(database: Database) -> None:
    rows = AppServiceRows(database)
    assert await rows.find_progress("irc") is None
    for service_id, progress in (
        ("irc", Progress(7)),
        ("sms", Progress(3, "abc", 5)),
        ("irc", Progress(7, "def", 1 << 40)),
    ):
        batch = Batch()
        rows.set_progress(batch, service_id, progress)
        await database.commit(batch)
    assert await rows.find_progress("irc") == Progress(7, "def", 1 << 40)
    assert await rows.find_progress("sms") == Progress(3, "abc", 5)


async def test_rooms_are_listed_per_network_and_over_all(database: Database) -> None:
    rows, batch = AppServiceRows(database), Batch()
    here, there = RoomId("!here"), RoomId("!there")
    for service_id, network_id, room_id in (
        ("irc", "freenode", here),
        ("irc", "freenode", here),
        ("irc", "oftc", here),
        ("sms", "freenode", there),
    ):
        rows.add_network_room(batch, service_id, network_id, room_id)
    await database.commit(batch)
    assert (await rows.count_network_rooms("irc"), await rows.count_network_rooms("fax")) == (2, 0)
    assert await rows.list_network_rooms("irc|freenode", 9) == [here]
    assert await rows.list_network_rooms("irc|nowhere", 9) == []
    assert await rows.list_network_rooms(None, 9) == [here, there]
    assert await rows.list_network_rooms(None, 1) == [here]
    batch = Batch()
    rows.remove_network_room(batch, "irc", "freenode", here)
    rows.remove_room(batch, there)
    await database.commit(batch)
    assert await rows.list_network_rooms(None, 9) == [here]
    assert await rows.list_network_rooms("irc|freenode", 9) == []
