"""What goes wrong on people's machines, said in one line."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from sottovoce.app.foundation import DATABASE_FILE
from sottovoce.cli.main import main
from tests.helpers.command import Done, sottovoce
from tests.helpers.postgres import PostgresCluster
from tests.helpers.server_process import ServerProcess

NOBODY = 65_534
NAMED = ("--server-name", "localhost")


def one_line(done: Done) -> str:
    """The only line of a command that could not be done."""
    assert (done.status, done.said) == (1, "")
    assert done.complained.startswith("sottovoce: ")
    assert done.complained.count("\n") == 1, done.complained
    return done.complained


@pytest.fixture
def named_folder(tmp_path: Path) -> Path:
    """The data folder of a server that has a name and an account, and does not run."""
    folder = tmp_path / "data"
    given = "a password of many words\n"
    assert sottovoce("user", "add", "anna", "--password-stdin", "--data", folder, *NAMED, given=given).status == 0
    return folder


def test_port_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = one_line(sottovoce("serve", "--data", tmp_path / "data", "--port", port))
    assert f"cannot listen on 127.0.0.1 port {port}" in line
    assert "--port" in line


def test_metrics_port_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = one_line(sottovoce("serve", "--data", tmp_path / "data", "--port", 0, "--metrics-port", port))
    assert f"cannot listen on 127.0.0.1 port {port}" in line


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_address_that_this_machine_does_not_have(tmp_path: Path, host: str) -> None:
    assert f"cannot listen on {host}" in one_line(sottovoce("serve", "--data", tmp_path / "data", "--host", host))


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert str(tmp_path / "data") in one_line(sottovoce("serve", "--data", tmp_path / "data"))


def test_folder_that_cannot_be_written(capfd: pytest.CaptureFixture[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        with _unprivileged():
            status = main(["serve", "--data", folder, "--port", "0"])
        said = capfd.readouterr()
    assert status == 1
    assert said.err.startswith(f"sottovoce: cannot use {folder}/")
    assert said.err.endswith("Permission denied\n")


@contextmanager
def _unprivileged() -> Iterator[None]:
    """Root may write anywhere, so for a moment we are nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["user", "add", "bea", "--password-stdin"]])
def test_database_newer_than_the_program(named_folder: Path, command: list[str]) -> None:
    later = apsw.Connection(str(named_folder / DATABASE_FILE))
    later.execute("INSERT INTO migrations (number, name, compatible) VALUES (9000, 'later', 9000)")
    later.close()
    line = one_line(sottovoce(*command, "--data", named_folder, given="a password of many words\n"))
    assert "the database is newer than this program" in line
    assert "9000" in line


def test_database_that_is_no_database(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / DATABASE_FILE).write_text("a shopping list\n" * 100)
    assert "cannot use the database" in one_line(sottovoce("serve", "--data", folder, "--port", 0))


def test_database_server_that_is_not_there(tmp_path: Path) -> None:
    address = "postgresql://nobody@127.0.0.1:1/chat"
    line = one_line(sottovoce("serve", "--data", tmp_path / "data", "--port", 0, "--database", address))
    assert "cannot use the PostgreSQL database" in line


@pytest.mark.parametrize(
    "command",
    [["serve", "--port", "0"], ["user", "add", "bea", "--password-stdin"], ["user", "reset-password", "anna"]],
)
def test_another_name_than_the_first(named_folder: Path, command: list[str]) -> None:
    arguments = [*command, "--data", named_folder, "--server-name", "another.example.org", "--password-stdin"]
    if command[0] == "serve":
        arguments.remove("--password-stdin")
    line = one_line(sottovoce(*arguments, given="a password of many words\n"))
    assert "this server is called localhost for good" in line
    assert "another.example.org" in line


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_certificate_that_cannot_be_used(tmp_path: Path, content: str | None) -> None:
    files = [tmp_path / "chat.pem", tmp_path / "chat.key"]
    if content is not None:
        for file in files:
            file.write_text(content)
    options = ["--tls-cert", files[0], "--tls-key", files[1]]
    line = one_line(sottovoce("serve", "--data", tmp_path / "data", "--port", 0, *options))
    assert "chat.pem" in line


async def test_second_server_on_the_same_folder(server: ServerProcess) -> None:
    line = one_line(sottovoce("serve", "--data", server.data, "--port", 0))
    assert f"another Sottovoce is running on {server.data}" in line


async def test_second_server_on_the_same_postgresql_database(tmp_path: Path, postgres_cluster: PostgresCluster) -> None:
    address = postgres_cluster.new_database()
    server = ServerProcess(tmp_path, "--database", address)
    await server.start()
    try:
        line = one_line(sottovoce("serve", "--data", tmp_path / "other", "--port", 0, "--database", address))
    finally:
        server.kill()
    assert "the PostgreSQL database is in use by another Sottovoce" in line
