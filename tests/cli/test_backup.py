"""Backups taken from a working server, and brought back elsewhere."""

import asyncio
import io
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest

from sottovoce.app.foundation import DATABASE_FILE
from tests.durability.sending import Attempt, Sender
from tests.helpers.command import Done, sottovoce
from tests.helpers.postgres import PostgresCluster
from tests.helpers.server_process import ServerProcess

SENDERS = 3
FEWEST_SENT = 60

Where = Callable[[str, Path], list[str]]
"""The options that say where a server's data is, on this engine and in this folder."""


@pytest.fixture
def where(request: pytest.FixtureRequest) -> Where:
    databases: dict[Path, str] = {}

    def options(engine: str, folder: Path) -> list[str]:
        if engine == "sqlite":
            return []
        cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
        databases.setdefault(folder, cluster.new_database())
        return ["--database", databases[folder]]

    return options


class Busy:
    """A server in whose rooms people send all the time."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.senders = [Sender(server.address) for _ in range(SENDERS)]
        self.said: list[tuple[Sender, str, list[Attempt]]] = []

    async def begin(self) -> None:
        """Everybody has a room."""
        for number, sender in enumerate(self.senders):
            await sender.register(f"sender{number}")
            self.said.append((sender, await sender.create_room(), []))

    async def end(self) -> None:
        """Nobody is connected any more."""
        for sender in self.senders:
            await sender.close()

    async def send_meanwhile(self, work: Callable[[], Done]) -> tuple[Done, set[str]]:
        """What the work gave, done while everybody sends; and the messages acknowledged before it began."""
        async with asyncio.TaskGroup() as group:
            for sender, room_id, attempts in self.said:
                group.create_task(sender.send_until_death(room_id, room_id, attempts))
            await self._sent(FEWEST_SENT)
            before = self.acknowledged()
            done = await asyncio.to_thread(work)
            await self._sent(len(self.acknowledged()) + FEWEST_SENT)
            self.server.kill()
        return done, before

    def acknowledged(self) -> set[str]:
        """The ids that senders were given."""
        attempts = (attempt for _, _, mine in self.said for attempt in mine)
        return {attempt.event_id for attempt in attempts if attempt.event_id is not None}

    async def _sent(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.acknowledged()) < count:  # noqa: ASYNC110 - counts
                await asyncio.sleep(0.005)


@pytest.fixture
async def restored(tmp_path: Path) -> AsyncIterator[Callable[[list[str]], ServerProcess]]:
    """Makes a server on the folder that was restored."""
    made: list[ServerProcess] = []
    folder = tmp_path / "restored"
    folder.mkdir()

    def server(options: list[str]) -> ServerProcess:
        made.append(ServerProcess(folder, "--rate-limits", "off", *options, open_to_all=False))
        return made[-1]

    yield server
    for server_ in made:
        server_.kill()


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_backup_of_a_busy_server_serves_the_same_chats_elsewhere(
    tmp_path: Path, where: Where, restored: Callable[[list[str]], ServerProcess], engine: str, to: str
) -> None:
    server = ServerProcess(tmp_path, *where(engine, tmp_path))
    await server.start()
    busy = Busy(server)
    await busy.begin()
    file = tmp_path / "sunday.tar"
    taking = ["backup", str(file), "--data", str(server.data), *where(engine, tmp_path)]
    done, before = await busy.send_meanwhile(lambda: sottovoce(*taking))
    assert done.status == 0, done.complained
    assert file.stat().st_mode & 0o777 == 0o600

    other = restored(where(to, tmp_path / "restored"))
    there = ["--data", str(other.data), *where(to, tmp_path / "restored")]
    done = sottovoce("restore", file, *there)
    assert done.status == 0, done.complained
    await other.start()
    assert "/setup#" not in other.said()
    await _same_chats(busy, other, before)
    await busy.end()


async def _same_chats(busy: Busy, other: ServerProcess, before: set[str]) -> None:
    """Whoever was signed in still is, and finds what was said before the backup, in order, without doubles."""
    found: set[str] = set()
    for sender, room_id, attempts in busy.said:
        sender.move_to(other.address)
        stored = await sender.messages(room_id)
        paired = zip(attempts, stored, strict=False)
        told = [(attempt.event_id or event_id, attempt.text) for attempt, (event_id, _) in paired]
        assert stored == told, "what was said is there in another order, or under another id"
        found |= {event_id for event_id, _ in stored}
        later = Attempt(room_id, "said after the move")
        later.event_id = await sender.send(later)
        assert (await sender.messages(room_id))[-1] == (later.event_id, later.text)
    assert before <= found


async def test_backup_of_a_server_that_does_not_run_holds_the_same_keys(server: ServerProcess, tmp_path: Path) -> None:
    assert server.stop() == 0
    file, folder = tmp_path / "sunday.tar", tmp_path / "restored"
    assert sottovoce("backup", file, "--data", server.data).status == 0
    assert sottovoce("restore", file, "--data", folder).status == 0
    assert identity(folder) == identity(server.data)
    assert (folder / DATABASE_FILE).stat().st_mode & 0o077 == 0


def identity(folder: Path) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(folder / DATABASE_FILE))
    rows = list(connection.execute("SELECT * FROM server"))
    connection.close()
    assert len(rows) == 1
    return rows


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def one_line(done: Done) -> str:
    assert (done.status, done.said) == (1, "")
    assert done.complained.count("\n") == 1, done.complained
    return done.complained


async def test_backup_never_writes_over_a_file(server: ServerProcess, tmp_path: Path) -> None:
    file = tmp_path / "sunday.tar"
    file.write_text("precious")
    assert "sunday.tar" in one_line(sottovoce("backup", file, "--data", server.data))
    assert file.read_text() == "precious"


def test_backup_of_nothing_is_refused(tmp_path: Path) -> None:
    line = one_line(sottovoce("backup", tmp_path / "sunday.tar", "--data", tmp_path / "missing"))
    assert "there is no database" in line
    assert not (tmp_path / "sunday.tar").exists()


async def test_backup_leaves_nothing_else_behind(server: ServerProcess, tmp_path: Path) -> None:
    keeping = tmp_path / "keeping"
    keeping.mkdir()
    assert sottovoce("backup", keeping / "sunday.tar", "--data", server.data).status == 0
    assert names_in(keeping) == ["sunday.tar"]


async def test_restore_into_a_used_folder_is_refused(server: ServerProcess, tmp_path: Path) -> None:
    file = tmp_path / "sunday.tar"
    assert sottovoce("backup", file, "--data", server.data).status == 0
    assert "another Sottovoce is running" in one_line(sottovoce("restore", file, "--data", server.data))
    server.stop()
    assert "holds a server already" in one_line(sottovoce("restore", file, "--data", server.data))


async def test_restore_into_a_used_postgresql_database_is_refused(
    server: ServerProcess, tmp_path: Path, postgres_cluster: PostgresCluster
) -> None:
    file, address = tmp_path / "sunday.tar", postgres_cluster.new_database()
    assert sottovoce("backup", file, "--data", server.data).status == 0
    to = ["--data", str(tmp_path / "restored"), "--database", address]
    assert sottovoce("restore", file, *to).status == 0
    assert "there is a database already" in one_line(sottovoce("restore", file, *to))


def hostile(file: Path, member: tarfile.TarInfo, content: bytes = b"") -> Path:
    member.size = len(content)
    with tarfile.open(file, "w") as tar:
        tar.addfile(member, io.BytesIO(content))
    return file


def linked(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../outside"),
        tarfile.TarInfo("/tmp/sottovoce-outside"),
        tarfile.TarInfo("media/../../outside"),
        tarfile.TarInfo("another"),
        linked(DATABASE_FILE, tarfile.SYMTYPE, "/etc/passwd"),
        linked(DATABASE_FILE, tarfile.LNKTYPE, "/etc/passwd"),
        linked("media", tarfile.SYMTYPE, "/"),
        linked("media/null", tarfile.CHRTYPE, ""),
        linked("media/pipe", tarfile.FIFOTYPE, ""),
    ],
    ids=lambda member: f"{member.name}-{member.type.decode()}",
)
def test_file_that_no_backup_holds_is_refused_and_nothing_is_left(tmp_path: Path, member: tarfile.TarInfo) -> None:
    file = hostile(tmp_path / "hostile.tar", member, b"" if member.type != tarfile.REGTYPE else b"harm")
    folder = tmp_path / "inside" / "data"
    line = one_line(sottovoce("restore", file, "--data", folder))
    assert member.name in line
    assert names_in(folder) == ["lock"]
    assert names_in(tmp_path / "inside") == ["data"]


@pytest.mark.parametrize("content", [b"", b"a shopping list", b"\x1f\x8b\x08"])
def test_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.tar").write_bytes(content)
    assert "list.tar" in one_line(sottovoce("restore", tmp_path / "list.tar", "--data", tmp_path / "data"))


def test_backup_whose_database_is_none_is_refused_and_the_folder_stays_empty(tmp_path: Path) -> None:
    file = hostile(tmp_path / "hostile.tar", tarfile.TarInfo(DATABASE_FILE), b"a shopping list\n" * 100)
    assert "no database of Sottovoce" in one_line(sottovoce("restore", file, "--data", tmp_path / "data"))
    assert names_in(tmp_path / "data") == ["lock"]


def test_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    connection = apsw.Connection(str(newer))
    connection.execute("CREATE TABLE migrations (number BIGINT, name TEXT, compatible BIGINT)")
    connection.execute("INSERT INTO migrations VALUES (9000, 'later', 9000)")
    connection.close()
    file = hostile(tmp_path / "newer.tar", tarfile.TarInfo(DATABASE_FILE), newer.read_bytes())
    assert "newer than this program" in one_line(sottovoce("restore", file, "--data", tmp_path / "data"))
