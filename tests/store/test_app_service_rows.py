"""How far app services have been told."""

from sottovoce.domains.appservices.model import Progress
from sottovoce.domains.appservices.store import AppServiceRows
from sottovoce.infra.db.model import Batch, Database


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
