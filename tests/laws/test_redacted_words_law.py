"""What was redacted is in no index of words any more, nor anywhere else in the database."""

from pathlib import Path

from sottovoce.infra.db.model import Query
from tests.helpers.people import room
from tests.helpers.server import RunningServer

WORDS = [f"zqx{number}jkwvprfgh" for number in range(40)]
"""Unlike each other from the fourth letter on, so that no index can leave most of one out."""

_ALL_WORDS = {
    "sqlite": Query("SELECT words FROM derived_search"),
    "postgresql": Query("SELECT CAST(words AS text) FROM derived_search"),
}


async def redact_half(server: RunningServer) -> list[str]:
    """The words that were said and are left."""
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    said = {word: await alice.says(room_id, f"prima {word} dopo") for word in WORDS}
    assert server.app.messenger is not None
    await server.app.messenger.messages.search_follower.catch_up()
    for number, word in enumerate(WORDS[::2]):
        await alice.done("PUT", room(room_id, "redact", said[word], f"r{number}"), {})
    assert server.app.messenger is not None
    await server.app.messenger.messages.search_follower.catch_up()
    return WORDS[1::2]


async def test_redacted_words_are_gone_from_the_index(database_address: str, tmp_path: Path) -> None:
    is_file = not database_address.startswith("postgresql")
    server = RunningServer(tmp_path, database=None if is_file else database_address)
    await server.start()
    try:
        left = await redact_half(server)
        database = server.app.base.database
        rows = await database.all(_ALL_WORDS[database.engine])
        text = " ".join(str(row[0]) for row in rows)
        assert [word for word in WORDS if word in text] == left
    finally:
        await server.stop()
    if is_file:
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert [word for word in WORDS if word.encode() in kept] == left
